//! A foreign catalogue is imported line by line, and may be imported again.

use std::path::{Path, PathBuf};

use domain_stubs::{
    Domain, Options, Services,
    import::{Import, import},
};
use proto::{
    catalog::{ListCategoriesRequest, ListProductsRequest, Product, SearchProductsRequest},
    reviews::ReviewsQuery,
};

use crate::shop::{Shop, ids, now, only, options};

/// A catalogue with valid and invalid lines.
pub(crate) fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/catalogue.jsonl")
}

/// A valid line.
pub(crate) fn line(sku: &str, name: &str, currency: &str, amount: &str) -> String {
    format!(
        r#"{{"sku": "{sku}", "name": "{name}", "brand": "Tarn", "category": "Camping", "description": "Old and good.",
            "price": {{"currency": "{currency}", "amount": "{amount}"}}}}"#
    )
    .replace('\n', " ")
        + "\n"
}

/// A data file in a temporary folder, which is removed with this value.
pub(crate) struct Data {
    folder: tempfile::TempDir,
}

impl Data {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }

    /// Imports lines.
    pub(crate) fn import(&self, text: impl AsRef<[u8]>) -> Import {
        let catalogue = self.folder.path().join("catalogue.jsonl");
        std::fs::write(&catalogue, text).unwrap();
        import(&catalogue, &self.file(), now()).unwrap()
    }

    /// Imports the fixture.
    fn import_fixture(&self) -> Import {
        import(&fixture(), &self.file(), now()).unwrap()
    }

    /// Serves the data.
    pub(crate) async fn serve(&self) -> Shop {
        let options = Options { data: Some(self.file()), ..options() };
        Shop::serve(Domain::open(options).unwrap(), Services::all()).await
    }
}

#[tokio::test]
async fn what_a_line_says_is_returned_to_the_letter() {
    let data = Data::new();
    assert_eq!(data.import_fixture().imported, 5);
    let shop = data.serve().await;
    let clients = shop.anybody();

    let tent: Product = only(clients.products(ids(&["alp-0001"]), None).await);
    assert_eq!((tent.name.as_str(), tent.brand.as_str()), ("Tente légère Büchelhorn", "Höhenweg"));
    assert_eq!(tent.description, "Ein Zelt für zwei, mit Überdach. Wiegt 1.9 kg.");
    assert_eq!(tent.summary, "Ein Zelt für zwei, mit Überdach.");
    assert_eq!(
        tent.category_id, "outdoor",
        "the category the shop has already, whatever the case of its name"
    );
    let cost = tent.wholesale.unwrap().cost.unwrap();
    assert!(cost.currency_code == "CHF" && (150..389).contains(&cost.units), "{cost:?}");

    for (id, currency, units, nanos) in [
        ("alp-0001", "CHF", 389, 0),
        ("alp-0002", "CHF", 24, 900_000_000),
        ("alp-0003", "CHF", 1_249, 950_000_000),
        ("usd-0001", "USD", 19, 990_000_000),
    ] {
        let price = only(clients.prices(ids(&[id]), None).await);
        let money = price.customer_price.unwrap();
        assert_eq!((money.currency_code.as_str(), money.units, money.nanos), (currency, units, nanos));
        assert_eq!(price.list_price, Some(money));
    }
}

#[tokio::test]
async fn an_imported_product_has_all_that_the_shops_own_have() {
    let data = Data::new();
    data.import_fixture();
    let shop = data.serve().await;
    let clients = shop.anybody();
    let categories = clients.catalog().list_categories(ListCategoriesRequest::default()).await.unwrap();
    let categories = categories.into_inner().categories;
    let sauna = categories.iter().find(|category| category.name == "Mökki & Sauna").unwrap();
    assert_eq!(sauna.product_count, 2);

    let request = ListProductsRequest { category_id: sauna.id.clone(), ..Default::default() };
    let listed = clients.catalog().list_products(request).await.unwrap().into_inner().products;
    assert_eq!(
        listed.iter().map(|product| product.id.as_str()).collect::<Vec<_>>(),
        ["alp-0002", "alp-0003"]
    );
    for product in &listed {
        assert!(!product.images.is_empty() && product.specifications.len() >= 3, "{product:?}");
        assert!(product.create_time.is_some() && !product.summary.is_empty(), "{product:?}");
        assert_eq!(clients.stock(&product.id).await.product_id, product.id);
        assert_eq!(clients.rating(&product.id).await.star_counts.len(), 5);
    }
    assert_eq!(listed[0].related_product_ids, ["alp-0003"]);
}

#[tokio::test]
async fn an_imported_product_is_found_by_its_words() {
    let data = Data::new();
    data.import_fixture();
    let shop = data.serve().await;
    for (query, id) in
        [("buchel", "alp-0001"), ("Koivua", "alp-0002"), ("木製", "yama-7"), ("daybreak", "usd-0001")]
    {
        let request = SearchProductsRequest { query: query.to_owned(), ..Default::default() };
        let found = shop.anybody().catalog().search_products(request).await.unwrap().into_inner().products;
        let found: Vec<_> = found.into_iter().map(|product| product.id).collect();
        assert!(found.len() == 1 && found[0].starts_with(id), "{query}: {found:?}");
    }
}

#[tokio::test]
async fn the_same_file_makes_the_same_shop() {
    let (one, two) = (Data::new(), Data::new());
    one.import_fixture();
    two.import_fixture();
    let (one, two) = (one.serve().await, two.serve().await);
    let products = one.anybody().all_products(&[]).await;
    assert_eq!(products.len(), 215);
    assert_eq!(two.anybody().all_products(&[]).await, products);
    for id in ["alp-0001", "alp-0002", "usd-0001"] {
        assert_eq!(two.anybody().stock(id).await, one.anybody().stock(id).await);
        let query = || ReviewsQuery { product_id: id.into(), page_size: 100, ..Default::default() };
        assert_eq!(two.anybody().reviews_page(query()).await, one.anybody().reviews_page(query()).await);
    }
}

#[tokio::test]
async fn importing_again_changes_what_the_file_says_and_nothing_else() {
    let data = Data::new();
    data.import(line("A-1", "Tent", "USD", "10.00") + &line("A-2", "Stove", "USD", "20.00"));
    let shop = data.serve().await;
    shop.domain.set_stock("a-1", "lyon", 777).await.unwrap();
    let query = || ReviewsQuery { product_id: "a-1".into(), page_size: 100, ..Default::default() };
    let (before, stock) = (shop.anybody().all_products(&[]).await, shop.anybody().stock("a-1").await);
    let reviews = shop.anybody().reviews_page(query()).await;
    shop.stop().await;

    let import = data.import(line("A-1", "Big Tent", "USD", "12.50"));
    assert_eq!((import.imported, import.refused), (1, Vec::new()));
    let shop = data.serve().await;
    let clients = shop.anybody();
    let price = only(clients.prices(ids(&["a-1"]), None).await).list_price.unwrap();
    assert_eq!((price.units, price.nanos), (12, 500_000_000));
    assert_eq!(clients.stock("a-1").await, stock);
    assert_eq!(clients.reviews_page(query()).await, reviews);
    let mut after = clients.all_products(&[]).await;
    let tent = after.iter_mut().find(|product| product.id == "a-1").unwrap();
    let old = before.iter().find(|product| product.id == "a-1").unwrap();
    assert_eq!(tent.name, "Big Tent");
    assert_eq!((&tent.create_time, &tent.related_product_ids), (&old.create_time, &old.related_product_ids));
    assert!(tent.images.iter().all(|image| image.alt_text.starts_with("Big Tent")));
    let others = |products: Vec<Product>| {
        products.into_iter().filter(|product| product.id != "a-1").collect::<Vec<_>>()
    };
    assert_eq!(others(after), others(before));
    let request = SearchProductsRequest { query: "big tent tarn".into(), ..Default::default() };
    let found = clients.catalog().search_products(request).await.unwrap().into_inner();
    assert_eq!(found.total_size, 1);
}

#[tokio::test]
async fn a_byte_order_mark_blank_lines_and_other_line_ends_are_no_matter() {
    let data = Data::new();
    let lines = [line("A-1", "Tent", "USD", "10.00"), line("A-2", "Stove", "USD", "20.00")].concat();
    let text = format!("\u{feff}\n \t\n{}\n\n", lines.trim_end()).replace('\n', "\r\n");
    assert_eq!(data.import(text), Import { imported: 2, refused: Vec::new() });
    assert_eq!(data.import(""), Import { imported: 0, refused: Vec::new() });
}

#[tokio::test]
async fn a_product_of_the_shop_is_not_replaced_by_one_that_is_called_like_it() {
    let data = Data::new();
    let import = data.import(line("TENT-RIDGE-2", "Tent", "USD", "10.00"));
    assert_eq!(import.imported, 0);
    assert_eq!(
        import.refused[0].reason,
        "sku: \"TENT-RIDGE-2\" makes the id \"tent-ridge-2\", which is that of a product of the shop"
    );
    let shop = data.serve().await;
    let tent = only(shop.anybody().products(ids(&["tent-ridge-2"]), None).await);
    assert_ne!(tent.name, "Tent");
}
