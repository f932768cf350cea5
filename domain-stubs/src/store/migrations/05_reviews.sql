CREATE TABLE reviews (
    id TEXT PRIMARY KEY,
    product_id TEXT NOT NULL REFERENCES products (id),
    author_id TEXT NOT NULL REFERENCES users (id),
    rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    text TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    UNIQUE (product_id, author_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX reviews_newest_first ON reviews (product_id, create_time DESC, id DESC);
CREATE INDEX reviews_by_rating ON reviews (product_id, rating);

-- Writes that were done, so that asking again does nothing again.
CREATE TABLE idempotency_keys (
    rpc TEXT NOT NULL,
    subject TEXT NOT NULL,
    key TEXT NOT NULL,
    -- The encoded messages.
    request BLOB NOT NULL,
    response BLOB NOT NULL,
    create_time INTEGER NOT NULL,
    PRIMARY KEY (rpc, subject, key)
) STRICT;
