//! A guard stands before every field of a type, and rows would go past it.

use async_graphql::{Context, Guard, Result, SimpleObject};
use bff_kit::Shown;

struct Staff;

impl Guard for Staff {
    async fn check(&self, _: &Context<'_>) -> Result<()> {
        Err("Staff alone.".into())
    }
}

/// Earnings of the shop.
#[derive(SimpleObject, Shown)]
#[graphql(guard = "Staff")]
struct Margin {
    /// In cents.
    cents: i32,
}
