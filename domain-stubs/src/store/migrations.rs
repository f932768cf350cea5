//! Migrations of the database schema. A migration that was ever released is never changed, only followed by others.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

const STEPS: &[M<'static>] = &[
    M::up(include_str!("migrations/01_catalog.sql")),
    M::up(include_str!("migrations/02_users.sql")),
    M::up(include_str!("migrations/03_pricing.sql")),
    M::up(include_str!("migrations/04_inventory.sql")),
    M::up(include_str!("migrations/05_reviews.sql")),
    M::up(include_str!("migrations/06_accounts.sql")),
    M::up(include_str!("migrations/07_carts.sql")),
    M::up(include_str!("migrations/08_payments.sql")),
    M::up(include_str!("migrations/09_orders.sql")),
    M::up(include_str!("migrations/10_notifications.sql")),
    M::up(include_str!("migrations/11_telemetry.sql")),
    M::up(include_str!("migrations/12_analytics.sql")),
    M::up(include_str!("migrations/13_currencies.sql")),
    M::up(include_str!("migrations/14_imports.sql")),
    M::up(include_str!("migrations/15_events.sql")),
];

/// Migrates a database to the newest schema.
pub(super) fn run(db: &mut Connection) -> rusqlite_migration::Result<()> {
    Migrations::from_slice(STEPS).to_latest(db)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_valid() {
        Migrations::from_slice(STEPS).validate().unwrap();
    }
}
