//! The part of the phone app's schema that the measured operations use.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Lookahead, Object, Result, SimpleObject};
use bench::format;
use proto::carts::GetCartRequest;
use proto::catalog::{self, ListProductsRequest};
use proto::notifications::ListNotificationsRequest;
use proto::recommendations::ListRecommendationsRequest;
use proto::users::User;
use proto::{pricing, reviews};

use crate::loaders::{
    PriceLoader, ProductKey, ProductLoader, RatingLoader, ReviewsKey, ReviewsLoader, Session, StockLoader,
    UserLoader,
};

/// Queries.
pub struct Query;

#[Object]
impl Query {
    async fn home(&self) -> Home {
        Home
    }

    async fn product(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Product>> {
        let id = format::raw_id("Product", &id).ok_or("not the id of a product")?;
        let key = ProductKey { id, paths: product_paths(&ctx.look_ahead()) };
        Ok(ctx.data::<DataLoader<ProductLoader>>()?.load_one(key).await?.map(Product))
    }

    async fn products(
        &self,
        ctx: &Context<'_>,
        category: Option<ID>,
        #[graphql(default = 10)] first: i32,
        after: Option<String>,
    ) -> Result<Option<ProductPage>> {
        let session = ctx.data::<Session>()?;
        let (skip, page_token) = match &after {
            Some(after) => format::read_cursor(after).ok_or("not a cursor of this list")?,
            None => (0, String::new()),
        };
        let category_id = match &category {
            Some(id) => format::raw_id("Category", id).ok_or("not the id of a category")?,
            None => String::new(),
        };
        let read_mask = session.mask(&product_paths(&ctx.look_ahead().field("items")));
        let message = ListProductsRequest { category_id, page_size: first, page_token, skip, read_mask };
        let request = session.services.request(message, 800, None);
        let page = session.services.catalog.clone().list_products(request).await?.into_inner();
        Ok(Some(ProductPage {
            total: page.total_size,
            items: page.products.into_iter().map(Product).collect(),
            end_cursor: format::cursor(&page.next_page_token),
        }))
    }
}

/// Returns the paths of a product that its selected fields read.
fn product_paths(selected: &Lookahead<'_>) -> Vec<&'static str> {
    let read = [("name", "name"), ("thumbnail", "thumbnail_url")];
    let read = read.into_iter().filter(|(field, _)| selected.field(field).exists());
    std::iter::once("id").chain(read.map(|(_, path)| path)).collect()
}

#[derive(SimpleObject)]
struct ProductPage {
    total: i32,
    items: Vec<Product>,
    end_cursor: Option<String>,
}

struct Product(catalog::Product);

#[Object]
impl Product {
    async fn id(&self) -> ID {
        format::id("Product", &self.0.id).into()
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn thumbnail(&self) -> &str {
        &self.0.thumbnail_url
    }

    async fn in_stock(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        Ok(ctx.data::<DataLoader<StockLoader>>()?.load_one(self.0.id.clone()).await?)
    }

    async fn rating(&self, ctx: &Context<'_>) -> Result<Option<f64>> {
        let rating = ctx.data::<DataLoader<RatingLoader>>()?.load_one(self.0.id.clone()).await?;
        Ok(rating.filter(|it| it.review_count > 0).map(|it| it.average))
    }

    async fn price(&self, ctx: &Context<'_>) -> Result<Option<Price>> {
        Ok(ctx.data::<DataLoader<PriceLoader>>()?.load_one(self.0.id.clone()).await?.map(Price))
    }

    async fn reviews(&self, ctx: &Context<'_>, #[graphql(default = 3)] first: i32) -> Result<Vec<Review>> {
        let key = ReviewsKey { product_id: self.0.id.clone(), first };
        let reviews = ctx.data::<DataLoader<ReviewsLoader>>()?.load_one(key).await?;
        Ok(reviews.unwrap_or_default().into_iter().map(Review).collect())
    }
}

struct Price(pricing::Price);

#[Object]
impl Price {
    async fn text(&self) -> Result<String> {
        Ok(format::money(self.0.customer_price.as_ref().ok_or("a price without an amount")?))
    }

    async fn was(&self) -> Option<String> {
        format::was(self.0.list_price.as_ref(), self.0.customer_price.as_ref())
    }
}

struct Review(reviews::Review);

#[Object]
impl Review {
    async fn author(&self) -> &str {
        &self.0.author_name
    }

    async fn rating(&self) -> i32 {
        self.0.rating
    }

    async fn text(&self) -> &str {
        &self.0.text
    }

    async fn when(&self) -> Option<String> {
        self.0.create_time.as_ref().map(|then| format::when(then, format::now_s()))
    }
}

struct Home;

#[Object]
impl Home {
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(account(ctx).await?.map(|it| it.given_name))
    }

    async fn avatar(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(account(ctx).await?.map(|it| it.avatar_url))
    }

    async fn cart_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let session = ctx.data::<Session>()?;
        let message = GetCartRequest { read_mask: session.mask(&["item_count"]) };
        let request = session.services.request(message, 500, Some(&session.user));
        let answer = session.services.carts.clone().get_cart(request).await?;
        Ok(answer.into_inner().cart.map(|cart| cart.item_count))
    }

    async fn unread_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let session = ctx.data::<Session>()?;
        let read_mask = session.mask(&["id"]);
        let message = ListNotificationsRequest { page_size: 1, read_mask, ..Default::default() };
        let request = session.services.request(message, 500, Some(&session.user));
        let answer = session.services.notifications.clone().list_notifications(request).await?;
        Ok(Some(answer.into_inner().unread_count))
    }

    async fn recommended(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 5)] first: i32,
    ) -> Result<Vec<Product>> {
        let session = ctx.data::<Session>()?;
        let message = ListRecommendationsRequest { page_size: first, page_token: String::new() };
        let request = session.services.request(message, 400, Some(&session.user));
        let answer = session.services.recommendations.clone().list_recommendations(request).await?;
        let paths = product_paths(&ctx.look_ahead());
        let key = |id| ProductKey { id, paths: paths.clone() };
        let keys: Vec<_> = answer.into_inner().product_ids.into_iter().map(key).collect();
        let mut products = ctx.data::<DataLoader<ProductLoader>>()?.load_many(keys.clone()).await?;
        Ok(keys.iter().filter_map(|key| products.remove(key)).map(Product).collect())
    }
}

async fn account(ctx: &Context<'_>) -> Result<Option<User>> {
    let user = ctx.data::<Session>()?.user.to_string();
    Ok(ctx.data::<DataLoader<UserLoader>>()?.load_one(user).await?)
}
