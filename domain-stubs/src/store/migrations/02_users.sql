CREATE TABLE users (
    id TEXT PRIMARY KEY,
    -- Name the user chose to be shown by.
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Groups of customers who get promotions of their own.
CREATE TABLE customer_groups (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_group_members (
    user_id TEXT NOT NULL REFERENCES users (id),
    group_id TEXT NOT NULL REFERENCES customer_groups (id),
    PRIMARY KEY (user_id, group_id)
) STRICT, WITHOUT ROWID;
