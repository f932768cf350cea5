-- From here on an amount of money is in the smallest unit of its currency. What was there before is in euros.
ALTER TABLE products ADD COLUMN wholesale_currency TEXT NOT NULL DEFAULT 'EUR';
ALTER TABLE list_prices ADD COLUMN currency TEXT NOT NULL DEFAULT 'EUR';
-- Of the total and of every item.
ALTER TABLE orders ADD COLUMN currency TEXT NOT NULL DEFAULT 'EUR';
ALTER TABLE payment_authorisations ADD COLUMN currency TEXT NOT NULL DEFAULT 'EUR';
