-- Products that came from a foreign catalogue, by what they are called there.
CREATE TABLE imported_products (
    product_id TEXT PRIMARY KEY REFERENCES products (id),
    sku TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
