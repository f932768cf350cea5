CREATE TABLE notifications (
    number INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    read INTEGER NOT NULL CHECK (read IN (0, 1)),
    create_time INTEGER NOT NULL,
    order_id TEXT NOT NULL,
    product_id TEXT NOT NULL
) STRICT;

CREATE INDEX notifications_newest_first ON notifications (user_id, create_time DESC, number DESC);
