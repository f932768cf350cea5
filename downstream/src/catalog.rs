//! Products and categories.

use std::sync::Arc;

use fetch::{BatchResult, Call, Fetch, Keyed, PageTokens, Rpc, Tags};
use proto::catalog::product_result::Outcome;
use proto::catalog::{
    BatchGetProductsRequest, BatchGetProductsResponse, Category, ListCategoriesRequest,
    ListCategoriesResponse, ListProductsRequest, ListProductsResponse, Product, SearchProductsRequest,
    SearchProductsResponse,
};

use crate::key_error;

/// A product, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProductById(pub Arc<str>);

impl Fetch for ProductById {
    const RPC: Rpc = Rpc::read("shop.catalog.v1.CatalogService/BatchGetProducts").public();
    const MAX_KEYS: usize = 100;
    const KEYS: &'static str = "ids";
    const READS: &'static [&'static str] = &["id"];
    type Value = Arc<Product>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let ids = keys.iter().map(|key| key.0.to_string()).collect();
        let request = BatchGetProductsRequest { ids, read_mask: call.mask() };
        call.batch(keys, request, |response: BatchGetProductsResponse| {
            response.results.into_iter().map(|result| {
                let answer = match result.outcome {
                    Some(Outcome::Item(product)) => Ok(Arc::new(product)),
                    Some(Outcome::Error(error)) => Err(key_error::fault(error)),
                    None => Err(key_error::no_outcome()),
                };
                (Self(result.id.into()), answer)
            })
        })
        .await
    }

    fn tag(&self, _answer: Option<&Arc<Product>>, tags: &Tags) {
        tags.entity("product", &self.0);
    }
}

impl Keyed for ProductById {
    const KEY: &'static [&'static str] = &["id"];

    fn known(&self) -> Arc<Product> {
        Arc::new(Product { id: self.0.to_string(), ..Product::default() })
    }
}

/// A page of the products of a category, or of all products, by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProductsIn {
    /// The category; `None` for all products.
    pub category: Option<Arc<str>>,
    /// Number of products on the page, at most 100. A page of 0 serves only for the data beside
    /// the products, and is sent as a page of one.
    pub page_size: i32,
    /// Token to continue the list from; empty for its beginning.
    pub page_token: String,
    /// Number of products to skip, counted from the token.
    pub skip: i32,
}

/// A page of products.
#[derive(Debug)]
pub struct ProductPage {
    /// The products, by name.
    pub products: Vec<Arc<Product>>,
    /// Tokens to continue the list from.
    pub tokens: PageTokens,
    /// Number of products on all pages together.
    pub total_size: i32,
}

impl Fetch for ProductsIn {
    const RPC: Rpc = Rpc::read("shop.catalog.v1.CatalogService/ListProducts").public();
    const MAX_KEYS: usize = 1;
    const READS: &'static [&'static str] = &["id"];
    const ALIASES: &'static [(&'static str, &'static str)] =
        &[("category_id", "category"), ("page_size", "first"), ("page_token", "after")];
    type Value = Arc<ProductPage>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let Some(key) = keys.first().cloned() else {
            return BatchResult::matched(keys, []);
        };
        let asked = key.clone();
        let request = ListProductsRequest {
            category_id: key.category.map(|category| category.to_string()).unwrap_or_default(),
            page_size: key.page_size.max(1),
            page_token: key.page_token,
            skip: key.skip,
            read_mask: call.mask(),
        };
        call.batch(keys, request, |response: ListProductsResponse| {
            let page = ProductPage {
                products: response.products.into_iter().map(Arc::new).collect(),
                tokens: PageTokens { next: response.next_page_token, items: response.item_tokens },
                total_size: response.total_size,
            };
            [(asked, Ok(Arc::new(page)))]
        })
        .await
    }

    fn tag(&self, page: Option<&Arc<ProductPage>>, tags: &Tags) {
        if let Some(category) = &self.category {
            tags.entity("category", category);
        }
        let products = page.into_iter().flat_map(|page| &page.products);
        products.for_each(|product| tags.entity("product", &product.id));
    }
}

/// A page of the products that match a query, best match first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProductsMatching {
    /// Words to search for.
    pub query: String,
    /// Number of products on the page, at most 100. A page of 0 serves only for the data beside
    /// the products, and is sent as a page of one.
    pub page_size: i32,
    /// Token to continue the list from; empty for its beginning.
    pub page_token: String,
    /// Number of products to skip, counted from the token.
    pub skip: i32,
}

impl Fetch for ProductsMatching {
    const RPC: Rpc = Rpc::read("shop.catalog.v1.CatalogService/SearchProducts").public();
    const MAX_KEYS: usize = 1;
    const READS: &'static [&'static str] = &["id"];
    const ALIASES: &'static [(&'static str, &'static str)] = crate::PAGE_ALIASES;
    type Value = Arc<ProductPage>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let Some(key) = keys.first().cloned() else {
            return BatchResult::matched(keys, []);
        };
        let asked = key.clone();
        let Self { query, page_size, page_token, skip } = key;
        let page_size = page_size.max(1);
        let request = SearchProductsRequest { query, page_size, page_token, skip, read_mask: call.mask() };
        call.batch(keys, request, |response: SearchProductsResponse| {
            let page = ProductPage {
                products: response.products.into_iter().map(Arc::new).collect(),
                tokens: PageTokens { next: response.next_page_token, items: response.item_tokens },
                total_size: response.total_size,
            };
            [(asked, Ok(Arc::new(page)))]
        })
        .await
    }

    fn tag(&self, page: Option<&Arc<ProductPage>>, tags: &Tags) {
        let products = page.into_iter().flat_map(|page| &page.products);
        products.for_each(|product| tags.entity("product", &product.id));
    }
}

/// All categories, by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AllCategories;

impl Fetch for AllCategories {
    const RPC: Rpc = Rpc::read("shop.catalog.v1.CatalogService/ListCategories").public();
    const MAX_KEYS: usize = 1;
    const READS: &'static [&'static str] = &["id"];
    type Value = Arc<[Arc<Category>]>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let request = ListCategoriesRequest { read_mask: call.mask() };
        call.batch(keys, request, |response: ListCategoriesResponse| {
            [(Self, Ok(response.categories.into_iter().map(Arc::new).collect()))]
        })
        .await
    }

    fn tag(&self, categories: Option<&Arc<[Arc<Category>]>>, tags: &Tags) {
        categories
            .into_iter()
            .flat_map(|all| all.iter())
            .for_each(|category| tags.entity("category", &category.id));
    }
}
