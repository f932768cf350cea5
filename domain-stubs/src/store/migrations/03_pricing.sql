CREATE TABLE list_prices (
    product_id TEXT PRIMARY KEY REFERENCES products (id),
    amount INTEGER NOT NULL CHECK (amount > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE promotions (
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    percent_off INTEGER NOT NULL CHECK (percent_off BETWEEN 1 AND 90),
    end_time INTEGER
) STRICT, WITHOUT ROWID;

-- Promotions for everybody, in the order they are applied.
CREATE TABLE product_promotions (
    product_id TEXT NOT NULL REFERENCES products (id),
    position INTEGER NOT NULL,
    promotion_id TEXT NOT NULL REFERENCES promotions (id),
    PRIMARY KEY (product_id, position)
) STRICT, WITHOUT ROWID;

-- Promotions for the members of a group, applied after those for everybody.
CREATE TABLE group_promotions (
    group_id TEXT NOT NULL REFERENCES customer_groups (id),
    promotion_id TEXT NOT NULL REFERENCES promotions (id),
    PRIMARY KEY (group_id, promotion_id)
) STRICT, WITHOUT ROWID;
