CREATE TABLE orders (
    number INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
    total INTEGER NOT NULL,
    payment_method_id TEXT NOT NULL REFERENCES payment_methods (id),
    shipping_option_id TEXT NOT NULL,
    country_code TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL
) STRICT;

CREATE INDEX orders_newest_first ON orders (user_id, create_time DESC, number DESC);

CREATE TABLE order_items (
    order_number INTEGER NOT NULL REFERENCES orders (number),
    position INTEGER NOT NULL,
    product_id TEXT NOT NULL REFERENCES products (id),
    product_name TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    unit_price INTEGER NOT NULL,
    PRIMARY KEY (order_number, position)
) STRICT, WITHOUT ROWID;

-- What was taken from which warehouse, to be put back when the order is cancelled.
CREATE TABLE order_picks (
    order_number INTEGER NOT NULL REFERENCES orders (number),
    product_id TEXT NOT NULL,
    warehouse_id TEXT NOT NULL REFERENCES warehouses (id),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_number, product_id, warehouse_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment_authorisations (
    order_number INTEGER PRIMARY KEY REFERENCES orders (number),
    payment_method_id TEXT NOT NULL REFERENCES payment_methods (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    released INTEGER NOT NULL CHECK (released IN (0, 1))
) STRICT;
