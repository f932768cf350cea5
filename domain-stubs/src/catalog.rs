//! The catalogue service: products, categories and the search.

mod categories;
mod products;
mod search;

use proto::catalog::{
    BatchGetProductsRequest, BatchGetProductsResponse, Category, ListCategoriesRequest,
    ListCategoriesResponse, ListProductsRequest, ListProductsResponse, Product, ProductResult,
    SearchProductsRequest, SearchProductsResponse, catalog_service_server::CatalogService,
    product_result::Outcome,
};
use rusqlite::Connection;
use tonic::{Request, Response, Status};

pub(crate) use self::categories::{list as list_categories, unknown as unknown_category};
pub(crate) use self::products::{check as check_product, find as find_product};
pub(crate) use self::search::all as search_all;
use crate::{
    assortment::{
        Found, Products,
        position::{ListPosition, SearchPosition},
        query::Query,
    },
    batch::{Answer, Batch},
    mask::{Mask, Resource},
    page::{Asked, Listing, Page},
    refusal::Refusal,
    store::Store,
};

/// Default number of products on a page.
const DEFAULT_PAGE_SIZE: usize = 20;

/// The catalogue over the store.
#[derive(Debug, Clone)]
pub(crate) struct Catalog {
    pub(crate) store: Store,
    pub(crate) products: Products,
}

impl Resource for Product {
    const NAME: &'static str = "shop.catalog.v1.Product";
    const KEY: Option<&'static str> = Some("id");
}

impl Resource for Category {
    const NAME: &'static str = "shop.catalog.v1.Category";
    const KEY: Option<&'static str> = Some("id");
}

#[tonic::async_trait]
impl CatalogService for Catalog {
    async fn batch_get_products(
        &self,
        request: Request<BatchGetProductsRequest>,
    ) -> Result<Response<BatchGetProductsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let mask = Mask::<Product>::new(request.read_mask.as_ref())?;
        let batch = Batch::new(&extensions, "ids", request.ids)?;
        let products = self.products.clone();
        let results = batch
            .read(&self.store, move |db, id| {
                products.find(db, id, &mask)?.ok_or_else(|| Refusal::unknown_product(id))
            })
            .await?;
        let results = results.into_iter().map(ProductResult::from).collect();
        Ok(Response::new(BatchGetProductsResponse { results }))
    }

    async fn list_products(
        &self,
        request: Request<ListProductsRequest>,
    ) -> Result<Response<ListProductsResponse>, Status> {
        let request = request.into_inner();
        let mask = Mask::<Product>::new(request.read_mask.as_ref())?;
        let page = Listing::new("ListProducts", &[&request.category_id], DEFAULT_PAGE_SIZE).page(Asked {
            page_size: request.page_size,
            page_token: &request.page_token,
            skip: request.skip,
        })?;
        let products = self.products.clone();
        let response = self
            .store
            .read(move |db| {
                let category = Some(request.category_id).filter(|id| !id.is_empty());
                let Found { mut rows, total_size } = products.list(db, category.as_deref(), &page)?;
                let tokens = page.cut(&mut rows, Clone::clone);
                let ids = rows.into_iter().map(|(_, id)| id);
                let products = read(&products, db, ids, &mask)?;
                Ok(ListProductsResponse {
                    products,
                    next_page_token: tokens.next,
                    total_size,
                    item_tokens: tokens.items,
                })
            })
            .await?;
        Ok(Response::new(response))
    }

    async fn search_products(
        &self,
        request: Request<SearchProductsRequest>,
    ) -> Result<Response<SearchProductsResponse>, Status> {
        let request = request.into_inner();
        let mask = Mask::<Product>::new(request.read_mask.as_ref())?;
        let query = Query::new(&request.query)?;
        let page = Listing::new("SearchProducts", &[&request.query], DEFAULT_PAGE_SIZE).page(Asked {
            page_size: request.page_size,
            page_token: &request.page_token,
            skip: request.skip,
        })?;
        let products = self.products.clone();
        let response = self
            .store
            .read(move |db| {
                let Found { mut rows, total_size } = products.search(db, &query, &page)?;
                let tokens = page.cut(&mut rows, Clone::clone);
                let ids = rows.into_iter().map(|position| position.id);
                let products = read(&products, db, ids, &mask)?;
                Ok(SearchProductsResponse {
                    products,
                    next_page_token: tokens.next,
                    total_size,
                    item_tokens: tokens.items,
                })
            })
            .await?;
        Ok(Response::new(response))
    }

    async fn list_categories(
        &self,
        request: Request<ListCategoriesRequest>,
    ) -> Result<Response<ListCategoriesResponse>, Status> {
        let mask = Mask::<Category>::new(request.into_inner().read_mask.as_ref())?;
        let products = self.products.clone();
        let categories = self.store.read(move |db| Ok(products.categories(db, &mask)?)).await?;
        Ok(Response::new(ListCategoriesResponse { categories }))
    }
}

/// The products with these identifiers, in their order, without unknown ones.
fn read(
    products: &Products,
    db: &Connection,
    ids: impl Iterator<Item = String>,
    mask: &Mask<Product>,
) -> rusqlite::Result<Vec<Product>> {
    ids.filter_map(|id| products.find(db, &id, mask).transpose()).collect()
}

/// A page of the stored products by name, in one category or in all.
pub(crate) fn list_products(
    db: &Connection,
    category: Option<&str>,
    page: &Page<ListPosition>,
) -> Result<Found<ListPosition>, Refusal> {
    if let Some(id) = category {
        categories::check(db, id)?;
    }
    let total_size = products::count(db, category)?;
    Ok(Found { rows: products::list(db, category, page)?, total_size })
}

/// A page of the stored products that match, best first.
pub(crate) fn search_products(
    db: &Connection,
    query: &Query,
    page: &Page<SearchPosition>,
) -> Result<Found<SearchPosition>, Refusal> {
    Ok(Found { rows: search::list(db, query, page)?, total_size: search::count(db, query)? })
}

impl From<Answer<String, Product>> for ProductResult {
    fn from(Answer { key: id, outcome }: Answer<String, Product>) -> Self {
        Self { id, outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}
