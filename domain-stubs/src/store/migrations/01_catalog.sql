-- Times are microseconds since 1970, amounts of money are cents of a euro.

-- When the shop was seeded: one row, or none before.
CREATE TABLE seeding (
    seed_time INTEGER NOT NULL
) STRICT;

CREATE TABLE categories (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE
) STRICT, WITHOUT ROWID;

CREATE TABLE products (
    -- What the search index knows a product by.
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL COLLATE NOCASE,
    brand TEXT NOT NULL,
    category_id TEXT NOT NULL REFERENCES categories (id),
    summary TEXT NOT NULL,
    thumbnail_url TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    wholesale_cost INTEGER NOT NULL,
    margin_percent REAL NOT NULL,
    supplier TEXT NOT NULL,
    -- Last, so that reading the others does not walk over its pages.
    description TEXT NOT NULL
) STRICT;

CREATE INDEX products_by_name ON products (name, id);
CREATE INDEX products_by_category ON products (category_id, name, id);

CREATE TABLE specifications (
    product_id TEXT NOT NULL REFERENCES products (id),
    position INTEGER NOT NULL,
    heading TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (product_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE images (
    product_id TEXT NOT NULL REFERENCES products (id),
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    alt_text TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    PRIMARY KEY (product_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE related_products (
    product_id TEXT NOT NULL REFERENCES products (id),
    position INTEGER NOT NULL,
    -- Checked at the end of a transaction: products point at one another.
    related_id TEXT NOT NULL REFERENCES products (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (product_id, position)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE product_search USING fts5 (
    name, brand, summary, description,
    content = 'products', content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER product_search_insert AFTER INSERT ON products BEGIN
    INSERT INTO product_search (rowid, name, brand, summary, description)
    VALUES (new.number, new.name, new.brand, new.summary, new.description);
END;

CREATE TRIGGER product_search_delete AFTER DELETE ON products BEGIN
    INSERT INTO product_search (product_search, rowid, name, brand, summary, description)
    VALUES ('delete', old.number, old.name, old.brand, old.summary, old.description);
END;

CREATE TRIGGER product_search_update AFTER UPDATE ON products BEGIN
    INSERT INTO product_search (product_search, rowid, name, brand, summary, description)
    VALUES ('delete', old.number, old.name, old.brand, old.summary, old.description);
    INSERT INTO product_search (rowid, name, brand, summary, description)
    VALUES (new.number, new.name, new.brand, new.summary, new.description);
END;
