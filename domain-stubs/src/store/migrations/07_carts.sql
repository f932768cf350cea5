CREATE TABLE cart_items (
    user_id TEXT NOT NULL,
    product_id TEXT NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 20),
    -- Counts up: the order in which products were put into carts.
    position INTEGER NOT NULL,
    PRIMARY KEY (user_id, product_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE carts (
    user_id TEXT PRIMARY KEY,
    update_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
