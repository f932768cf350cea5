//! The services of products: catalogue, prices, stock, reviews.

use proto::catalog::catalog_service_server::CatalogService;
use proto::catalog::{self, Product, product_result};
use proto::common::KeyError;
use proto::inventory::inventory_service_server::InventoryService;
use proto::inventory::{self, Stock, stock_result};
use proto::pricing::pricing_service_server::PricingService;
use proto::pricing::{self, Price, price_result};
use proto::reviews::review_service_server::ReviewService;
use proto::reviews::{self, Rating, Review, ReviewsPage, ReviewsQuery, rating_result, reviews_result};
use tonic::{Code, Request, Response, Status};

use crate::Shop;
use crate::catalogue::Entry;
use crate::mask::{Mask, mask_of, masked};

/// Longest page.
const MAX_PAGE: usize = 100;

type Reply<T> = Result<Response<T>, Status>;

fn product_mask(mask: Option<&prost_types::FieldMask>) -> Result<Mask<'_>, Status> {
    #[rustfmt::skip]
    let fields = [
        "id", "name", "brand", "category_id", "summary", "description", "specifications", "images", "thumbnail_url",
        "create_time", "wholesale", "related_product_ids",
    ];
    Mask::new(mask, &fields)
}

#[rustfmt::skip]
fn product(entry: &Entry, mask: &Mask<'_>) -> Product {
    masked!(entry.product, mask, Product {
        id; name, brand, category_id, summary, description, specifications, images, thumbnail_url, create_time, wholesale,
        related_product_ids,
    })
}

/// Returns the error for the id of no product.
fn unknown(id: &str) -> KeyError {
    KeyError {
        code: Code::NotFound.into(),
        message: format!("there is no product {id:?}"),
        reason: "PRODUCT_NOT_FOUND".to_owned(),
        details: Vec::new(),
    }
}

fn size(asked: i32, usual: usize) -> Result<usize, Status> {
    let size = usize::try_from(asked).map_err(|_| Status::invalid_argument("a size is negative"))?;
    Ok(if size == 0 { usual } else { size.min(MAX_PAGE) })
}

fn not_served<T>() -> Result<T, Status> {
    Err(Status::unimplemented("no measured operation needs this RPC"))
}

#[tonic::async_trait]
impl CatalogService for Shop {
    async fn batch_get_products(
        &self,
        request: Request<catalog::BatchGetProductsRequest>,
    ) -> Reply<catalog::BatchGetProductsResponse> {
        let request = request.into_inner();
        let mask = product_mask(request.read_mask.as_ref())?;
        let result = |id: &String| {
            let outcome = match self.0.get(id) {
                Some(entry) => product_result::Outcome::Item(product(entry, &mask)),
                None => product_result::Outcome::Error(unknown(id)),
            };
            catalog::ProductResult { id: id.clone(), outcome: Some(outcome) }
        };
        let results = request.ids.iter().map(result).collect();
        Ok(Response::new(catalog::BatchGetProductsResponse { results }))
    }

    async fn list_products(
        &self,
        request: Request<catalog::ListProductsRequest>,
    ) -> Reply<catalog::ListProductsResponse> {
        let request = request.into_inner();
        let mask = product_mask(request.read_mask.as_ref())?;
        let shop = &self.0;
        let category = match request.category_id.as_str() {
            "" => None,
            id => Some(shop.category(id).ok_or_else(|| Status::not_found("there is no such category"))?),
        };
        let total = category.map_or(shop.entries.len(), <[usize]>::len);
        let entry = |place: usize| &shop.entries[category.map_or(place, |places| places[place])];
        // The token of an item is its id.
        let start = match request.page_token.as_str() {
            "" => 0,
            id => {
                let after =
                    shop.place(id).ok_or_else(|| Status::invalid_argument("not a token of this list"))?;
                1 + if category.is_some() { shop.entries[after].place_in_category } else { after }
            }
        };
        let skip = usize::try_from(request.skip).map_err(|_| Status::invalid_argument("skip is negative"))?;
        let start = (start + skip).min(total);
        let end = (start + size(request.page_size, 20)?).min(total);
        let item_tokens: Vec<_> = (start..end).map(|place| entry(place).product.id.clone()).collect();
        Ok(Response::new(catalog::ListProductsResponse {
            products: (start..end).map(|place| product(entry(place), &mask)).collect(),
            next_page_token: if end < total {
                item_tokens.last().cloned().unwrap_or_default()
            } else {
                String::new()
            },
            total_size: i32::try_from(total).unwrap_or(i32::MAX),
            item_tokens,
        }))
    }

    async fn search_products(
        &self,
        _: Request<catalog::SearchProductsRequest>,
    ) -> Reply<catalog::SearchProductsResponse> {
        not_served()
    }

    async fn list_categories(
        &self,
        _: Request<catalog::ListCategoriesRequest>,
    ) -> Reply<catalog::ListCategoriesResponse> {
        not_served()
    }
}

#[tonic::async_trait]
impl PricingService for Shop {
    async fn batch_get_prices(
        &self,
        request: Request<pricing::BatchGetPricesRequest>,
    ) -> Reply<pricing::BatchGetPricesResponse> {
        let request = request.into_inner();
        let mask = mask_of!(request, product_id, list_price, customer_price, promotions)?;
        let price = |it: &Entry| masked!(it.price, mask, Price { product_id; list_price, customer_price, promotions });
        let result = |id: &String| {
            let outcome = match self.0.get(id) {
                Some(entry) => price_result::Outcome::Item(price(entry)),
                None => price_result::Outcome::Error(unknown(id)),
            };
            pricing::PriceResult { product_id: id.clone(), outcome: Some(outcome) }
        };
        let results = request.product_ids.iter().map(result).collect();
        Ok(Response::new(pricing::BatchGetPricesResponse { results }))
    }
}

#[tonic::async_trait]
impl InventoryService for Shop {
    type WatchStockStream = tonic::codegen::BoxStream<inventory::WatchStockResponse>;

    async fn batch_get_stock(
        &self,
        request: Request<inventory::BatchGetStockRequest>,
    ) -> Reply<inventory::BatchGetStockResponse> {
        let request = request.into_inner();
        let mask = mask_of!(request, product_id, available, total_quantity, warehouses, update_time)?;
        let stock = |it: &Entry| masked!(it.stock, mask, Stock { product_id; available, total_quantity, warehouses, update_time });
        let result = |id: &String| {
            let outcome = match self.0.get(id) {
                Some(entry) => stock_result::Outcome::Item(stock(entry)),
                None => stock_result::Outcome::Error(unknown(id)),
            };
            inventory::StockResult { product_id: id.clone(), outcome: Some(outcome) }
        };
        let results = request.product_ids.iter().map(result).collect();
        Ok(Response::new(inventory::BatchGetStockResponse { results }))
    }

    async fn watch_stock(&self, _: Request<inventory::WatchStockRequest>) -> Reply<Self::WatchStockStream> {
        not_served()
    }
}

impl Shop {
    fn reviews_page(&self, query: &ReviewsQuery, mask: &Mask<'_>) -> reviews_result::Outcome {
        let invalid = |message: &str| {
            reviews_result::Outcome::Error(KeyError {
                code: Code::InvalidArgument.into(),
                message: message.to_owned(),
                reason: "PAGE_TOKEN_INVALID".to_owned(),
                details: Vec::new(),
            })
        };
        let Some(entry) = self.0.get(&query.product_id) else {
            return reviews_result::Outcome::Error(unknown(&query.product_id));
        };
        let Ok(size) = size(query.page_size, 10) else { return invalid("a size is negative") };
        if !query.page_token.is_empty() || query.skip != 0 {
            return invalid("only first pages are served here");
        }
        let total = entry.reviews.len();
        let page = &entry.reviews[..size.min(total)];
        let item_tokens: Vec<_> = page.iter().map(|review| review.id.clone()).collect();
        reviews_result::Outcome::Item(ReviewsPage {
            next_page_token: item_tokens.last().filter(|_| page.len() < total).cloned().unwrap_or_default(),
            reviews: page
                .iter()
                .map(|review| {
                    masked!(review, mask, Review {
                        id; product_id, author_id, author_name, rating, text, create_time
                    })
                })
                .collect(),
            total_size: i32::try_from(total).unwrap_or(i32::MAX),
            item_tokens,
        })
    }
}

#[tonic::async_trait]
impl ReviewService for Shop {
    async fn batch_list_reviews(
        &self,
        request: Request<reviews::BatchListReviewsRequest>,
    ) -> Reply<reviews::BatchListReviewsResponse> {
        let request = request.into_inner();
        let mask = mask_of!(request, id, product_id, author_id, author_name, rating, text, create_time)?;
        let result = |query: &ReviewsQuery| reviews::ReviewsResult {
            query: Some(query.clone()),
            outcome: Some(self.reviews_page(query, &mask)),
        };
        let results = request.queries.iter().map(result).collect();
        Ok(Response::new(reviews::BatchListReviewsResponse { results }))
    }

    async fn batch_get_reviews(
        &self,
        _: Request<reviews::BatchGetReviewsRequest>,
    ) -> Reply<reviews::BatchGetReviewsResponse> {
        not_served()
    }

    async fn batch_get_ratings(
        &self,
        request: Request<reviews::BatchGetRatingsRequest>,
    ) -> Reply<reviews::BatchGetRatingsResponse> {
        let request = request.into_inner();
        let mask = mask_of!(request, product_id, average, review_count, star_counts)?;
        let rating =
            |it: &Entry| masked!(it.rating, mask, Rating { product_id; average, review_count, star_counts });
        let result = |id: &String| {
            let outcome = match self.0.get(id) {
                Some(entry) => rating_result::Outcome::Item(rating(entry)),
                None => rating_result::Outcome::Error(unknown(id)),
            };
            reviews::RatingResult { product_id: id.clone(), outcome: Some(outcome) }
        };
        let results = request.product_ids.iter().map(result).collect();
        Ok(Response::new(reviews::BatchGetRatingsResponse { results }))
    }

    async fn create_review(
        &self,
        _: Request<reviews::CreateReviewRequest>,
    ) -> Reply<reviews::CreateReviewResponse> {
        not_served()
    }
}
