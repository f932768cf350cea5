CREATE TABLE warehouses (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stocks (
    product_id TEXT PRIMARY KEY REFERENCES products (id),
    update_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE warehouse_stocks (
    product_id TEXT NOT NULL REFERENCES stocks (product_id),
    warehouse_id TEXT NOT NULL REFERENCES warehouses (id),
    quantity INTEGER NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (product_id, warehouse_id)
) STRICT, WITHOUT ROWID;
