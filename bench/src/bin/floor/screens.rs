//! The endpoints.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use bench::format;
use proto::catalog::{self, ListProductsRequest};
use proto::pricing;
use serde::Deserialize;
use tokio::try_join;

use crate::answer::{
    Answer, Home, HomeData, Price, Product, ProductCard, ProductData, ProductName, ProductNameData,
    ProductPage, ProductRow, ProductsData, Review,
};
use crate::{Failure, Floor, calls};

type Reply<T> = Result<Json<Answer<T>>, Failure>;

/// Most products of a page, recommended products and reviews.
const MAX_PAGE: i32 = 20;
const MAX_RECOMMENDED: i32 = 5;
const MAX_REVIEWS: i32 = 3;

fn data<T>(data: T) -> Json<Answer<T>> {
    Json(Answer { data })
}

fn bad_request() -> Failure {
    Failure(StatusCode::BAD_REQUEST)
}

impl Floor {
    fn user(&self, headers: &HeaderMap) -> Result<Arc<str>, Failure> {
        self.sign_in.user(headers).ok_or(Failure(StatusCode::UNAUTHORIZED))
    }
}

#[derive(Deserialize)]
pub struct ProductsVariables {
    category: Option<String>,
    first: Option<i32>,
    after: Option<String>,
}

/// The list screen: a page, then all that its products need in three calls at a time.
pub async fn products(
    State(floor): State<Arc<Floor>>,
    headers: HeaderMap,
    Json(variables): Json<ProductsVariables>,
) -> Reply<ProductsData> {
    let (user, services) = (floor.user(&headers)?, &floor.services);
    let first = variables.first.unwrap_or(10);
    if !(1..=MAX_PAGE).contains(&first) {
        return Err(bad_request());
    }
    let (skip, page_token) = match &variables.after {
        Some(after) => format::read_cursor(after).ok_or_else(bad_request)?,
        None => (0, String::new()),
    };
    let category_id = match &variables.category {
        Some(id) => format::raw_id("Category", id).ok_or_else(bad_request)?,
        None => String::new(),
    };
    let page = ListProductsRequest { category_id, page_size: first, page_token, skip, read_mask: None };
    let page = calls::list_products(services, page).await?;
    let ids = || page.products.iter().map(|product| product.id.clone()).collect::<Vec<_>>();
    let (stock, mut prices, ratings) = try_join!(
        calls::stock(services, ids()),
        calls::prices(services, ids(), Some(&user)),
        calls::ratings(services, ids()),
    )?;
    let items =
        page.products.into_iter().map(|product| row(product, &stock, &mut prices, &ratings)).collect();
    Ok(data(ProductsData {
        products: ProductPage {
            typename: "ProductPage",
            total: page.total_size,
            items,
            end_cursor: format::cursor(&page.next_page_token),
        },
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductVariables {
    id: String,
    with_reviews: Option<bool>,
    reviews: Option<i32>,
}

/// The product screen with its reviews: all calls at a time, since all of them know their key.
pub async fn product(
    State(floor): State<Arc<Floor>>,
    headers: HeaderMap,
    Json(variables): Json<ProductVariables>,
) -> Reply<ProductData> {
    let (user, services) = (floor.user(&headers)?, &floor.services);
    let size = variables.reviews.unwrap_or(MAX_REVIEWS);
    if !(1..=MAX_REVIEWS).contains(&size) || variables.with_reviews == Some(false) {
        return Err(bad_request());
    }
    let id = format::raw_id("Product", &variables.id).ok_or_else(bad_request)?;
    let ids = || vec![id.clone()];
    let (mut products, stock, mut prices, ratings, reviews) = try_join!(
        calls::products(services, ids()),
        calls::stock(services, ids()),
        calls::prices(services, ids(), Some(&user)),
        calls::ratings(services, ids()),
        calls::reviews(services, id.clone(), size),
    )?;
    let now_s = format::now_s();
    let review = |it: proto::reviews::Review| Review {
        typename: "Review",
        author: it.author_name,
        rating: it.rating,
        text: it.text,
        when: it.create_time.map(|then| format::when(&then, now_s)),
    };
    let product = products.remove(&id).map(|product| Product {
        typename: "Product",
        id: format::id("Product", &product.id),
        in_stock: stock.get(&product.id).copied(),
        rating: ratings.get(&product.id).copied(),
        price: prices.remove(&product.id).and_then(price),
        name: product.name,
        thumbnail: product.thumbnail_url,
        reviews: reviews.into_iter().map(review).collect(),
    });
    Ok(data(ProductData { product }))
}

#[derive(Deserialize)]
pub struct HomeVariables {
    recommended: Option<i32>,
}

/// The home screen: what the user has, beside the recommended products, and then their cards and prices.
pub async fn home(
    State(floor): State<Arc<Floor>>,
    headers: HeaderMap,
    Json(variables): Json<HomeVariables>,
) -> Reply<HomeData> {
    let (user, services) = (floor.user(&headers)?, &floor.services);
    let size = variables.recommended.unwrap_or(MAX_RECOMMENDED);
    if !(1..=MAX_RECOMMENDED).contains(&size) {
        return Err(bad_request());
    }
    let recommended = async {
        let ids = calls::recommended(services, size, &user).await?;
        let (products, prices) = try_join!(
            calls::products(services, ids.clone()),
            calls::prices(services, ids.clone(), Some(&user)),
        )?;
        Ok((ids, products, prices))
    };
    let (account, cart_count, unread_count, (ids, mut products, mut prices)) = try_join!(
        calls::account(services, &user),
        calls::cart_count(services, &user),
        calls::unread_count(services, &user),
        recommended,
    )?;
    let card = |id: String| {
        let product = products.remove(&id)?;
        Some(ProductCard {
            typename: "Product",
            id: format::id("Product", &product.id),
            name: product.name,
            thumbnail: product.thumbnail_url,
            price: prices.remove(&id).and_then(price),
        })
    };
    let (name, avatar) = account.map(|it| (it.given_name, it.avatar_url)).unzip();
    let recommended = ids.into_iter().filter_map(card).collect();
    Ok(data(HomeData {
        home: Home { typename: "Home", name, avatar, cart_count, unread_count, recommended },
    }))
}

/// One field of one product.
pub async fn product_name(
    State(floor): State<Arc<Floor>>,
    headers: HeaderMap,
    Json(variables): Json<ProductVariables>,
) -> Reply<ProductNameData> {
    floor.user(&headers)?;
    let id = format::raw_id("Product", &variables.id).ok_or_else(bad_request)?;
    let mut products = calls::names(&floor.services, vec![id.clone()]).await?;
    Ok(data(ProductNameData { product: products.remove(&id).map(|it| ProductName { name: it.name }) }))
}

fn row(
    product: catalog::Product,
    stock: &HashMap<String, bool>,
    prices: &mut HashMap<String, pricing::Price>,
    ratings: &HashMap<String, f64>,
) -> ProductRow {
    ProductRow {
        typename: "Product",
        id: format::id("Product", &product.id),
        in_stock: stock.get(&product.id).copied(),
        rating: ratings.get(&product.id).copied(),
        price: prices.remove(&product.id).and_then(price),
        name: product.name,
        thumbnail: product.thumbnail_url,
    }
}

fn price(price: pricing::Price) -> Option<Price> {
    Some(Price {
        typename: "Price",
        text: format::money(price.customer_price.as_ref()?),
        was: format::was(price.list_price.as_ref(), price.customer_price.as_ref()),
    })
}
