CREATE TABLE events (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- When it happened.
    time INTEGER NOT NULL,
    -- When it was recorded.
    create_time INTEGER NOT NULL,
    -- A JSON object of strings.
    properties TEXT NOT NULL
) STRICT, WITHOUT ROWID;
