//! A million computed products behave as stored ones do, and take no memory.

use std::collections::BTreeSet;

use domain_stubs::{Domain, Options, Services, credential::Actor};
use proto::{
    catalog::{
        ListCategoriesRequest, ListProductsRequest, ListProductsResponse, SearchProductsRequest,
        SearchProductsResponse,
    },
    recommendations::{BatchListRelatedRequest, ListRecommendationsRequest, RelatedQuery, related_result},
    reviews::ReviewsQuery,
};
use tonic::{Code, Status};

use crate::shop::{Clients, Shop, failure, ids, mask, only, options, reasons, violations};

const MILLION: u32 = 1_000_000;

/// The product in the middle.
const MIDDLE: &str = "synthetic-500000";

async fn open(count: u32) -> Shop {
    let options = Options { synthetic: Some(count), ..options() };
    Shop::serve(Domain::open(options).unwrap(), Services::all()).await
}

#[tokio::test]
async fn a_million_products_have_a_first_page_and_a_last_one() {
    let shop = open(MILLION).await;
    let clients = shop.anybody();
    let first = list(&clients, ListProductsRequest { page_size: 100, ..Default::default() }).await.unwrap();
    assert_eq!((first.products.len(), first.total_size), (100, 1_000_000));
    let next = ListProductsRequest { page_token: first.next_page_token, skip: 999_850, ..Default::default() };
    let last = list(&clients, ListProductsRequest { page_size: 100, ..next.clone() }).await.unwrap();
    assert_eq!((last.products.len(), last.next_page_token.as_str()), (50, ""));
    let second =
        list(&clients, ListProductsRequest { page_size: 100, skip: 0, ..next.clone() }).await.unwrap();
    let names = [first.products, second.products, last.products].concat();
    let names: Vec<_> = names.into_iter().map(|product| product.name.to_ascii_lowercase()).collect();
    assert!(names.is_sorted_by(|one, two| one < two), "{names:?}");
    let beyond = list(&clients, ListProductsRequest { skip: 999_900, ..next }).await.unwrap();
    assert_eq!((beyond.products.len(), beyond.next_page_token.as_str()), (0, ""));
}

#[tokio::test]
async fn pages_together_are_every_product_once() {
    let shop = open(1_003).await;
    let products = shop.anybody().all_products(&["name"]).await;
    let ids: BTreeSet<_> = products.iter().map(|product| product.id.clone()).collect();
    assert_eq!(
        (products.len(), ids),
        (1_003, (1..=1_003).map(|number| format!("synthetic-{number}")).collect())
    );
    assert!(products.iter().all(|product| product.description.is_empty()), "the mask left it out");
}

#[tokio::test]
async fn a_product_is_as_complete_as_a_stored_one_and_knows_its_number() {
    let shop = open(MILLION).await;
    let clients = shop.anybody();
    let product = only(clients.products(ids(&[MIDDLE]), None).await);
    assert!(product.name.ends_with(" 0000500000"), "{}", product.name);
    assert!(product.description.split("\n\n").count() == 13 && !product.specifications.is_empty());
    assert!(product.images[0].url.contains("/synthetic-500000/"), "{:?}", product.images);
    assert!(product.wholesale.is_some() && product.create_time.is_some());

    let smaller = open(500_210).await;
    assert_eq!(
        only(smaller.anybody().products(ids(&[MIDDLE]), None).await),
        product,
        "whatever there is besides"
    );
}

#[tokio::test]
async fn each_key_has_its_own_outcome() {
    let shop = open(MILLION).await;
    let clients = shop.anybody();
    let requested =
        ["synthetic-1000000", "synthetic-1000001", "synthetic-0", "synthetic-007", "tent-ridge-2", MIDDLE];
    let expected = ["", "PRODUCT_NOT_FOUND", "PRODUCT_NOT_FOUND", "PRODUCT_NOT_FOUND", "", ""];
    let expected: Vec<_> = ids(&requested).into_iter().zip(ids(&expected)).collect();
    assert_eq!(reasons(clients.products(ids(&requested), None).await.unwrap()), expected);
    assert_eq!(reasons(clients.prices(ids(&requested), None).await.unwrap()), expected);
    assert_eq!(reasons(clients.stocks(ids(&requested), None).await.unwrap()), expected);
    assert_eq!(reasons(clients.ratings(ids(&requested), None).await.unwrap()), expected);

    let many: Vec<_> = (1..=101).map(|number| format!("synthetic-{number}")).collect();
    let status = clients.products(many, None).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "TOO_MANY_KEYS".to_owned()));
    let unknown = clients.products(ids(&[MIDDLE]), Some(mask(&["nope"]))).await.unwrap_err();
    assert_eq!(violations(&unknown), ["read_mask"]);
}

#[tokio::test]
async fn categories_hold_all_of_them() {
    let shop = open(MILLION).await;
    let clients = shop.anybody();
    let response = clients.catalog().list_categories(ListCategoriesRequest::default()).await.unwrap();
    let categories = response.into_inner().categories;
    assert!(categories.is_sorted_by_key(|category| category.name.clone()) && categories.len() == 10);
    assert_eq!(categories.iter().map(|category| category.product_count).sum::<i32>(), 1_000_000);
    for category in categories {
        let request = ListProductsRequest {
            category_id: category.id.clone(),
            skip: category.product_count - 3,
            ..Default::default()
        };
        let page = list(&clients, request).await.unwrap();
        assert_eq!((page.products.len(), page.total_size), (3, category.product_count));
        assert!(page.products.iter().all(|product| product.category_id == category.id));
    }
    let request = ListProductsRequest { category_id: "nope".into(), ..Default::default() };
    let status = list(&clients, request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::NotFound, "CATEGORY_NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn a_search_finds_words_and_a_number() {
    let shop = open(MILLION).await;
    let clients = shop.anybody();
    let first = search(&clients, "gooseneck ket", "", 0).await;
    assert!(first.products.iter().all(|product| product.name.starts_with("Gooseneck Kettle")));
    // One in 210, and 1,000,000 = 4,761 × 210 + 190.
    assert!([4_761, 4_762].contains(&first.total_size), "{}", first.total_size);
    let last = search(&clients, "gooseneck ket", &first.next_page_token, first.total_size - 25).await;
    assert_eq!((last.products.len(), last.next_page_token.as_str()), (5, ""));

    let middle = only(clients.products(ids(&[MIDDLE]), None).await);
    let word = middle.name.split(' ').next().unwrap();
    for query in ["0000500000".to_owned(), format!("{word} 0000500000")] {
        let found = search(&clients, &query, "", 0).await;
        assert_eq!((found.products, found.total_size), (vec![middle.clone()], 1), "{query}");
    }
    for nothing in ["0001000001", "0000500000 0000500001", "gooseneck 0000500001", "xylophonist"] {
        let found = search(&clients, nothing, "", 0).await;
        assert_eq!((found.products.len(), found.total_size), (0, 0), "{nothing}");
    }
}

#[tokio::test]
async fn prices_and_stock_differ_from_product_to_product_and_stay() {
    let (shop, again) = (open(MILLION).await, open(MILLION).await);
    // All of them made after the same product.
    let requested: Vec<_> = (0..50).map(|round| format!("synthetic-{}", 17 + round * 210)).collect();
    let prices = shop.anybody().prices(requested.clone(), None).await.unwrap();
    assert_eq!(again.anybody().prices(requested.clone(), None).await.unwrap(), prices);
    let amounts: BTreeSet<_> = prices
        .into_iter()
        .map(|(_, price)| {
            let price = price.unwrap();
            assert_eq!(price.customer_price, price.list_price);
            let amount = price.list_price.unwrap();
            (amount.units, amount.nanos)
        })
        .collect();
    assert!(amounts.len() > 10, "{amounts:?}");

    let stocks = shop.anybody().stocks(requested.clone(), None).await.unwrap();
    assert_eq!(again.anybody().stocks(requested, None).await.unwrap(), stocks);
    let mut totals = BTreeSet::new();
    for (id, stock) in stocks {
        let stock = stock.unwrap();
        let total = stock.warehouses.iter().map(|warehouse| warehouse.quantity).sum::<i64>();
        assert_eq!((&stock.product_id, stock.total_quantity, stock.available), (&id, total, total > 0));
        assert!(stock.warehouses.is_sorted_by(|one, two| one.quantity >= two.quantity));
        totals.insert(total);
    }
    assert!(totals.len() > 1, "{totals:?}");
}

#[tokio::test]
async fn a_rating_is_that_of_the_reviews_on_all_pages() {
    let shop = open(MILLION).await;
    let clients = shop.anybody();
    let mut most = 0;
    for id in ["synthetic-1", "synthetic-2", "synthetic-3", MIDDLE] {
        let rating = clients.rating(id).await;
        let mut query = ReviewsQuery { product_id: id.into(), page_size: 7, ..Default::default() };
        let mut reviews = Vec::new();
        loop {
            let page = clients.reviews_page(query.clone()).await;
            assert_eq!(page.total_size, rating.review_count);
            reviews.extend(page.reviews);
            if page.next_page_token.is_empty() {
                break;
            }
            query.page_token = page.next_page_token;
        }
        let stars = |stars| i32::try_from(reviews.iter().filter(|it| it.rating == stars).count()).unwrap();
        assert_eq!([1, 2, 3, 4, 5].map(stars).to_vec(), rating.star_counts);
        assert!(reviews.is_sorted_by_key(|it| std::cmp::Reverse(it.create_time.unwrap().seconds)));
        assert!(reviews.iter().all(|it| it.product_id == id && !it.text.is_empty()));
        most = most.max(reviews.len());
    }
    assert!(most > 7, "no product has a second page");
}

#[tokio::test]
async fn what_goes_with_a_product_is_others_of_them() {
    let shop = open(MILLION).await;
    let clients = shop.anybody();
    let queries = [(MIDDLE, 50), ("synthetic-1", 2)];
    let queries = queries.map(|(id, page_size)| RelatedQuery { product_id: id.into(), page_size }).to_vec();
    let request = BatchListRelatedRequest { queries, read_mask: None };
    let response = clients.recommendations().batch_list_related(request).await.unwrap().into_inner();
    let related: Vec<_> = response
        .results
        .into_iter()
        .map(|result| match result.outcome.unwrap() {
            related_result::Outcome::Item(item) => item.product_ids,
            related_result::Outcome::Error(error) => panic!("{error:?}"),
        })
        .collect();
    assert_eq!((related[0].len(), related[1].len()), (50, 2));
    let distinct: BTreeSet<_> = related[0].iter().collect();
    assert!(distinct.len() == 50 && !related[0].iter().any(|id| id == MIDDLE));
    let middle = only(clients.products(ids(&[MIDDLE]), None).await);
    assert!(related[0].starts_with(&middle.related_product_ids));
    assert_eq!(reasons(clients.products(related[0].clone(), None).await.unwrap())[49].1, "");
}

#[tokio::test]
async fn what_is_recommended_is_in_stock_and_goes_on_from_page_to_page() {
    let shop = open(MILLION).await;
    let clients = shop.anybody();
    let mut request = ListRecommendationsRequest { page_size: 20, ..Default::default() };
    let mut all = Vec::new();
    for _ in 0..3 {
        let page =
            clients.recommendations().list_recommendations(request.clone()).await.unwrap().into_inner();
        all.extend(page.product_ids);
        request.page_token = page.next_page_token;
    }
    let distinct: BTreeSet<_> = all.iter().cloned().collect();
    assert_eq!(distinct.len(), 60);
    for (_, stock) in clients.stocks(all, None).await.unwrap() {
        assert!(stock.unwrap().available);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_million_products_take_no_more_memory_than_ten() {
    use crate::{program::Program, shop::connect};

    /// Margin for the difference between two equal runs, in KiB. A million of anything takes more.
    const MARGIN_KIB: u64 = 12 * 1_024;

    let resident_kib = async |count: &str| {
        let program = Program::start_with(&["--synthetic", count]);
        let clients = Clients::of_now(&connect(program.address).await, Actor::User, "user-new");
        let last = count.parse::<i32>().unwrap() - 1;
        let page = list(&clients, ListProductsRequest { skip: last, ..Default::default() }).await.unwrap();
        assert_eq!(page.products.len(), 1);
        search(&clients, "a", "", 0).await;
        let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap()
    };
    let (ten, million) = (resident_kib("10").await, resident_kib("1000000").await);
    assert!(million < ten + MARGIN_KIB, "{ten} KiB with ten, {million} KiB with a million");
}

async fn list(clients: &Clients, request: ListProductsRequest) -> Result<ListProductsResponse, Status> {
    Ok(clients.catalog().list_products(request).await?.into_inner())
}

async fn search(clients: &Clients, query: &str, page_token: &str, skip: i32) -> SearchProductsResponse {
    let request = SearchProductsRequest {
        query: query.to_owned(),
        page_token: page_token.to_owned(),
        skip,
        ..Default::default()
    };
    clients.catalog().search_products(request).await.unwrap().into_inner()
}
