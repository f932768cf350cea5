//! A schema with fields that fail, by themselves and in lists.

#![expect(clippy::unused_async, reason = "a resolver is async, whether it waits or not")]

use std::time::Duration;

use async_graphql::{Context, Object};
use bff_kit::schema::{bounds, items};
use bff_kit::{Error, Reading as _};
use operation::Code;

fn fails(ctx: &Context<'_>) -> Error {
    ctx.located(Error::client(Code::Forbidden, "No."))
}

#[derive(Default)]
pub(super) struct Query;

impl bff_kit::program::Shown for Query {}

#[Object]
impl Query {
    async fn fine(&self) -> i32 {
        1
    }

    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        2
    }

    async fn nullable(&self, ctx: &Context<'_>) -> Option<Result<i32, Error>> {
        Some(Err(fails(ctx)))
    }

    async fn required(&self, ctx: &Context<'_>) -> Result<i32, Error> {
        Err(fails(ctx))
    }

    async fn item(&self) -> Item {
        Item(1)
    }

    async fn nullable_item(&self) -> Option<Item> {
        Some(Item(1))
    }

    #[graphql(directive = bounds::apply(items(3)))]
    async fn items(&self) -> Vec<Item> {
        (0..3).map(Item).collect()
    }

    #[graphql(directive = bounds::apply(items(3)))]
    async fn nullable_items(&self) -> Vec<Option<Item>> {
        (0..3).map(|number| Some(Item(number))).collect()
    }

    #[graphql(directive = bounds::apply(items(2)))]
    async fn nested(&self) -> Option<Vec<Vec<Item>>> {
        Some(vec![vec![Item(0)], vec![Item(0), Item(1)]])
    }
}

pub(super) struct Item(i32);

/// Item 1 fails.
#[Object]
impl Item {
    async fn id(&self) -> i32 {
        self.0
    }

    async fn nullable(&self, ctx: &Context<'_>) -> Option<Result<i32, Error>> {
        Some(if self.0 == 1 { Err(fails(ctx)) } else { Ok(self.0) })
    }

    async fn required(&self, ctx: &Context<'_>) -> Result<i32, Error> {
        if self.0 == 1 { Err(fails(ctx)) } else { Ok(self.0) }
    }

    async fn child(&self) -> Item {
        Item(self.0)
    }
}
