//! Records of the store that no service shows.

use std::{collections::BTreeMap, path::Path};

use rusqlite::{Connection, OpenFlags};

/// The file of a shop, to be read beside it.
pub(crate) struct Ledger(Connection);

/// The authorised payment of an order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Authorisation {
    pub(crate) method: String,
    pub(crate) cents: i64,
    pub(crate) released: bool,
}

impl Ledger {
    pub(crate) fn open(file: &Path) -> Self {
        Self(Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap())
    }

    /// Every authorisation, by the identifier of its order.
    pub(crate) fn authorisations(&self) -> BTreeMap<String, Authorisation> {
        let mut statement = self
            .0
            .prepare("SELECT order_number, payment_method_id, amount, released FROM payment_authorisations")
            .unwrap();
        let rows = statement.query_map([], |row| {
            let order = format!("order-{:06}", row.get::<_, i64>(0)?);
            let (method, cents, released) = (row.get(1)?, row.get(2)?, row.get(3)?);
            Ok((order, Authorisation { method, cents, released }))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Items that each order took of each product, from all warehouses together.
    pub(crate) fn picks(&self) -> BTreeMap<(String, String), i64> {
        let mut statement = self
            .0
            .prepare(
                "SELECT order_number, product_id, sum(quantity) FROM order_picks
                 GROUP BY order_number, product_id",
            )
            .unwrap();
        let rows = statement.query_map([], |row| {
            Ok(((format!("order-{:06}", row.get::<_, i64>(0)?), row.get(1)?), row.get(2)?))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Sequence number and weight of each reading of a device.
    pub(crate) fn readings(&self, device: &str) -> Vec<(i64, i64)> {
        let mut statement = self
            .0
            .prepare("SELECT sequence, weight_g FROM readings WHERE device_id = ?1 ORDER BY sequence")
            .unwrap();
        let rows = statement.query_map([device], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().map(Result::unwrap).collect()
    }
}
