-- Ids of events are chosen by whoever records them, so they tell apart no more than what one of them recorded.
CREATE TABLE recorded_events (
    -- The user or device in whose name it was recorded; empty for nobody.
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    -- When it happened.
    time INTEGER NOT NULL,
    -- When it was recorded.
    create_time INTEGER NOT NULL,
    -- A JSON object of strings.
    properties TEXT NOT NULL,
    PRIMARY KEY (subject, name, id)
) STRICT, WITHOUT ROWID;

INSERT INTO recorded_events (subject, name, id, time, create_time, properties)
SELECT '', name, id, time, create_time, properties FROM events;

DROP TABLE events;
ALTER TABLE recorded_events RENAME TO events;
