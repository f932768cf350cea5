CREATE TABLE payment_methods (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    brand TEXT NOT NULL,
    last_four TEXT NOT NULL,
    expiry_month INTEGER NOT NULL CHECK (expiry_month BETWEEN 1 AND 12),
    expiry_year INTEGER NOT NULL,
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    -- Whether its bank refuses everything.
    declines INTEGER NOT NULL CHECK (declines IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX payment_methods_of_user ON payment_methods (user_id, is_default DESC, id);
