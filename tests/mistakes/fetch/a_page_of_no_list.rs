//! A page of what has no pages.

use downstream::ProductId;
use fetch::{Fetch, Page};
use proto::carts::cart_service;

#[derive(Fetch)]
#[fetch(cart_service::GetCart)]
pub struct CartPage {
    pub page: Page,
}
