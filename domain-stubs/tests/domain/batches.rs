//! A batch returns a result for each key, and rejects a key that occurs twice.

use proto::{
    orders::ListOrdersRequest, recommendations::RelatedQuery, reviews::ReviewsQuery, shipping::ShippingQuery,
};
use tonic::{Code, Status};

use crate::shop::{ADA, Clients, PRODUCT, Shop, failure, ids, reasons, violations};

/// A batch read.
#[derive(Clone, Copy, Debug)]
enum Read {
    Orders,
    Prices,
    Products,
    Ratings,
    Related,
    Reviews,
    Shipping,
    Stock,
    Users,
}

const READS: [Read; 9] = [
    Read::Orders,
    Read::Prices,
    Read::Products,
    Read::Ratings,
    Read::Related,
    Read::Reviews,
    Read::Shipping,
    Read::Stock,
    Read::Users,
];

impl Read {
    /// Fetches keys; returns each with the reason of its error, which is empty without one.
    async fn fetch(self, clients: &Clients, ids: Vec<String>) -> Result<Vec<(String, String)>, Status> {
        let outcomes = match self {
            Self::Orders => reasons(clients.orders_by_id(ids, None).await?),
            Self::Prices => reasons(clients.prices(ids, None).await?),
            Self::Products => reasons(clients.products(ids, None).await?),
            Self::Ratings => reasons(clients.ratings(ids, None).await?),
            Self::Stock => reasons(clients.stocks(ids, None).await?),
            Self::Users => reasons(clients.users_by_id(ids, None).await?),
            Self::Related => {
                let query = |product_id| RelatedQuery { product_id, page_size: 0 };
                let queries = ids.into_iter().map(query).collect();
                let outcomes = reasons(clients.related(queries, None).await?).into_iter();
                outcomes.map(|(query, reason)| (query.product_id, reason)).collect()
            }
            Self::Reviews => {
                let queries = ids.iter().map(|id| query(id)).collect();
                let outcomes = reasons(clients.reviews_pages(queries, None).await?).into_iter();
                outcomes.map(|(query, reason)| (query.product_id, reason)).collect()
            }
            Self::Shipping => {
                let query = |product_id| ShippingQuery { product_id, country_code: "FR".into() };
                let queries = ids.into_iter().map(query).collect();
                let outcomes = reasons(clients.shipping_options(queries, None).await?).into_iter();
                outcomes.map(|(query, reason)| (query.product_id, reason)).collect()
            }
        };
        Ok(outcomes)
    }

    /// A known key, and the reason of the error for an unknown one.
    async fn known(self, clients: &Clients) -> (String, &'static str) {
        match self {
            Self::Orders => {
                let list = clients.list_orders(ListOrdersRequest::default()).await.unwrap();
                (list.orders[0].id.clone(), "ORDER_NOT_FOUND")
            }
            Self::Users => (ADA.to_owned(), "USER_NOT_FOUND"),
            _ => (PRODUCT.to_owned(), "PRODUCT_NOT_FOUND"),
        }
    }

    /// The field of the request that holds the keys.
    fn field(self) -> &'static str {
        match self {
            Self::Orders => "order_ids",
            Self::Prices | Self::Ratings | Self::Stock => "product_ids",
            Self::Products => "ids",
            Self::Related | Self::Reviews | Self::Shipping => "queries",
            Self::Users => "user_ids",
        }
    }
}

#[tokio::test]
async fn an_unknown_key_fails_alone_in_every_batch_read() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    for read in READS {
        let (known, reason) = read.known(&clients).await;
        let outcomes = read.fetch(&clients, ids(&[&known, "nope", ""])).await.unwrap();
        let expected = [(known.as_str(), ""), ("nope", reason), ("", reason)];
        assert_eq!(outcomes, expected.map(|(key, reason)| (key.to_owned(), reason.to_owned())), "{read:?}");
    }
}

#[tokio::test]
async fn a_key_that_is_requested_twice_is_rejected() {
    let shop = Shop::open().await;
    for read in READS {
        let status = read.fetch(&shop.user(ADA), ids(&[PRODUCT, "a", PRODUCT])).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "DUPLICATE_KEY".into()), "{read:?}");
        assert_eq!(violations(&status), [read.field()]);
    }
}

#[tokio::test]
async fn two_pages_of_the_same_product_are_two_keys() {
    let shop = Shop::open().await;
    let queries = vec![query(PRODUCT), ReviewsQuery { skip: 3, ..query(PRODUCT) }];
    let pages = shop.anybody().reviews_pages(queries.clone(), None).await.unwrap();
    assert_eq!(pages.into_iter().map(|(query, _)| query).collect::<Vec<_>>(), queries);
}

#[tokio::test]
async fn a_hundred_keys_are_accepted_and_one_more_is_rejected() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    let keys = |count: usize| (0..count).map(|key| key.to_string()).collect();
    for read in READS {
        assert_eq!(read.fetch(&clients, keys(100)).await.unwrap().len(), 100);
        let status = read.fetch(&clients, keys(101)).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "TOO_MANY_KEYS".into()), "{read:?}");
        assert_eq!(violations(&status), [read.field()]);
    }
}

#[tokio::test]
async fn a_batch_without_keys_has_no_results() {
    let shop = Shop::open().await;
    for read in READS {
        assert_eq!(read.fetch(&shop.user(ADA), vec![]).await.unwrap(), [], "{read:?}");
    }
}

fn query(product: &str) -> ReviewsQuery {
    ReviewsQuery { product_id: product.to_owned(), page_size: 2, ..ReviewsQuery::default() }
}
