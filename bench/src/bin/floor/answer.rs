//! The shapes of the answers, in the order of the operations' selections.

use serde::Serialize;

/// A whole answer.
#[derive(Serialize)]
pub struct Answer<T> {
    pub data: T,
}

#[derive(Serialize)]
pub struct ProductsData {
    pub products: ProductPage,
}

#[derive(Serialize)]
pub struct ProductPage {
    #[serde(rename = "__typename")]
    pub typename: &'static str,
    pub total: i32,
    pub items: Vec<ProductRow>,
    #[serde(rename = "endCursor")]
    pub end_cursor: Option<String>,
}

#[derive(Serialize)]
pub struct ProductRow {
    #[serde(rename = "__typename")]
    pub typename: &'static str,
    pub id: String,
    pub name: String,
    pub thumbnail: String,
    #[serde(rename = "inStock")]
    pub in_stock: Option<bool>,
    pub rating: Option<f64>,
    pub price: Option<Price>,
}

#[derive(Serialize)]
pub struct Price {
    #[serde(rename = "__typename")]
    pub typename: &'static str,
    pub text: String,
    pub was: Option<String>,
}

#[derive(Serialize)]
pub struct ProductData {
    pub product: Option<Product>,
}

#[derive(Serialize)]
pub struct Product {
    #[serde(rename = "__typename")]
    pub typename: &'static str,
    pub id: String,
    pub name: String,
    pub thumbnail: String,
    #[serde(rename = "inStock")]
    pub in_stock: Option<bool>,
    pub rating: Option<f64>,
    pub price: Option<Price>,
    pub reviews: Vec<Review>,
}

#[derive(Serialize)]
pub struct Review {
    #[serde(rename = "__typename")]
    pub typename: &'static str,
    pub author: String,
    pub rating: i32,
    pub text: String,
    pub when: Option<String>,
}

#[derive(Serialize)]
pub struct HomeData {
    pub home: Home,
}

#[derive(Serialize)]
pub struct Home {
    #[serde(rename = "__typename")]
    pub typename: &'static str,
    pub name: Option<String>,
    pub avatar: Option<String>,
    #[serde(rename = "cartCount")]
    pub cart_count: Option<i32>,
    #[serde(rename = "unreadCount")]
    pub unread_count: Option<i32>,
    pub recommended: Vec<ProductCard>,
}

#[derive(Serialize)]
pub struct ProductCard {
    #[serde(rename = "__typename")]
    pub typename: &'static str,
    pub id: String,
    pub name: String,
    pub thumbnail: String,
    pub price: Option<Price>,
}

#[derive(Serialize)]
pub struct ProductNameData {
    pub product: Option<ProductName>,
}

#[derive(Serialize)]
pub struct ProductName {
    pub name: String,
}
