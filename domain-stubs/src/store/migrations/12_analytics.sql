CREATE TABLE events (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    time INTEGER NOT NULL,
    -- The user or device it was recorded for, if any.
    subject TEXT,
    -- As JSON.
    properties TEXT NOT NULL
) STRICT, WITHOUT ROWID;
