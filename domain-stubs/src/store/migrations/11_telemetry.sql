CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    location TEXT NOT NULL,
    -- None when it is on no product's shelf.
    product_id TEXT REFERENCES products (id),
    -- In seconds.
    report_interval INTEGER NOT NULL CHECK (report_interval > 0),
    item_weight_g INTEGER NOT NULL,
    display_on INTEGER NOT NULL CHECK (display_on IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE readings (
    device_id TEXT NOT NULL REFERENCES devices (id),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    -- By the device's clock.
    time INTEGER NOT NULL,
    weight_g INTEGER NOT NULL,
    temperature_mc INTEGER NOT NULL,
    battery_percent INTEGER NOT NULL,
    PRIMARY KEY (device_id, sequence)
) STRICT, WITHOUT ROWID;
