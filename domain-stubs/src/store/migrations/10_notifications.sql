CREATE TABLE notifications (
    -- Counted up, so that whoever watches knows what came after what.
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    -- Number of the kind in the contract.
    kind INTEGER NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    read INTEGER NOT NULL DEFAULT 0 CHECK (read IN (0, 1)),
    create_time INTEGER NOT NULL,
    -- Empty when it is about none.
    order_id TEXT NOT NULL DEFAULT '',
    product_id TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX notifications_newest_first ON notifications (user_id, create_time DESC, id DESC);
CREATE INDEX notifications_unread ON notifications (user_id) WHERE read = 0;
CREATE INDEX notifications_as_they_came ON notifications (user_id, number);
