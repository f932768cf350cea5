-- What users have besides the name they are shown by.
CREATE TABLE accounts (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    given_name TEXT NOT NULL,
    email TEXT NOT NULL,
    avatar_url TEXT NOT NULL,
    create_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Only of those who ever changed any.
CREATE TABLE preferences (
    user_id TEXT PRIMARY KEY,
    language TEXT NOT NULL,
    notification_sound INTEGER NOT NULL CHECK (notification_sound IN (0, 1)),
    newsletter INTEGER NOT NULL CHECK (newsletter IN (0, 1)),
    country_code TEXT NOT NULL
) STRICT, WITHOUT ROWID;
