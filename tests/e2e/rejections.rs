//! Business reasons for which the shop declines a mutation, as each client sees them.

use domain_stubs::import::import;
use serde_json::{Value, json};

use crate::support::{ADA, Answer, Kind, Shop, product_id};

const KETTLE: &str = "kettle-gooseneck-09";

/// A customer whose bank declines every payment.
const PAT: (&str, &str) = ("x-user-id", "user-pat-declined");

const BOTH: [Kind; 2] = [Kind::Mobile, Kind::Web];

/// Sends a mutation in the name of a user; returns its answer.
async fn change(shop: &Shop, kind: Kind, user: (&str, &str), field: &str, input: &Value) -> Answer {
    let input_type = format!("{}{}Input", field[..1].to_ascii_uppercase(), &field[1..]);
    let query = format!(
        "mutation($input: {input_type}!) {{ {field}(input: $input) {{ userErrors {{ code field message }} }} }}"
    );
    let body = json!({ "query": query, "variables": { "input": input } });
    shop.post(shop.address(kind), body, &[user]).await.whole()
}

/// Asserts the code of a user error, and the argument it names.
#[track_caller]
fn declined(answer: &Answer, field: &str, code: &str, argument: Option<&str>) {
    let error = answer.data(&format!("/{field}/userErrors/0"));
    assert_eq!(error["code"], code, "{}", answer.text);
    let path = argument.map_or(Value::Null, |argument| json!(["input", argument]));
    assert_eq!(error["field"], path, "{}", answer.text);
    assert!(error["message"].as_str().unwrap().ends_with('.'), "{}", answer.text);
}

async fn add(shop: &Shop, kind: Kind, user: (&str, &str), product: &str, quantity: i32) -> Answer {
    let key = format!("add-{product}-{quantity}");
    let input = json!({ "idempotencyKey": key, "productId": product_id(product), "quantity": quantity });
    change(shop, kind, user, "cartAdd", &input).await
}

/// Orders all that is in a user's cart, with the first of the user's payment methods.
async fn order(shop: &Shop, kind: Kind, user: (&str, &str)) -> Answer {
    let methods = json!({ "query": "{ cart { paymentMethods { id } } }" });
    let methods = shop.post(shop.mobile, methods, &[user]).await.whole();
    let input = json!({ "idempotencyKey": "order-of-all", "country": "FR", "shippingOption": "standard",
        "paymentMethodId": methods.data("/cart/paymentMethods/0/id") });
    change(shop, kind, user, "orderPlace", &input).await
}

#[tokio::test]
async fn an_empty_cart_is_not_ordered() {
    for kind in BOTH {
        let shop = Shop::open().await;
        let cart = shop.query(Kind::Web, "{ cart { items { product { id } } } }").await.whole();
        for (index, item) in cart.data("/cart/items").as_array().unwrap().iter().enumerate() {
            let input =
                json!({ "idempotencyKey": format!("remove-{index}"), "productId": item["product"]["id"] });
            change(&shop, kind, ADA, "cartRemove", &input).await;
        }
        declined(&order(&shop, kind, ADA).await, "orderPlace", "CART_EMPTY", None);
    }
}

#[tokio::test]
async fn an_order_that_the_bank_declines_is_not_placed() {
    for kind in BOTH {
        let shop = Shop::open().await;
        add(&shop, kind, PAT, KETTLE, 1).await;
        let cart = async || {
            let query = json!({ "query": "{ cart { count } }" });
            shop.post(shop.address(kind), query, &[PAT]).await.whole().data("/cart/count").as_i64()
        };
        let before = cart().await;
        let answer = order(&shop, kind, PAT).await;
        declined(&answer, "orderPlace", "PAYMENT_DECLINED", Some("paymentMethodId"));
        assert!(before > Some(0));
        assert_eq!(cart().await, before, "{kind}: another card can be tried");
    }
}

#[tokio::test]
async fn nobody_buys_more_than_the_shop_sells_at_once() {
    for kind in BOTH {
        let shop = Shop::open().await;
        shop.domain.set_stock(KETTLE, "lyon", 1_000).await.unwrap();
        add(&shop, kind, PAT, KETTLE, 15).await;
        let answer = add(&shop, kind, PAT, KETTLE, 6).await;
        declined(&answer, "cartAdd", "QUANTITY_LIMIT", Some("quantity"));
    }
}

#[tokio::test]
async fn a_cart_holds_no_more_than_fits() {
    for kind in BOTH {
        let shop = Shop::open().await;
        let mut products = Vec::new();
        for category in
            shop.web("{ categories { id } }").await.whole().data("/categories").as_array().unwrap()
        {
            let query =
                format!("{{ products(category: {}, first: 50) {{ nodes {{ id }} }} }}", category["id"]);
            let answer = shop.web(&query).await.whole();
            products
                .extend(answer.data("/products/nodes").as_array().unwrap().iter().map(|it| it["id"].clone()));
        }
        products.sort_by_key(ToString::to_string);
        products.dedup();
        let mut full = None;
        for (index, product) in products.iter().enumerate() {
            let input = json!({ "idempotencyKey": format!("add-number-{index}"), "productId": product });
            let answer = change(&shop, kind, PAT, "cartAdd", &input).await;
            let errors = answer.data("/cartAdd/userErrors").as_array().unwrap();
            if errors.iter().any(|error| error["code"] != "OUT_OF_STOCK") {
                full = Some(answer);
                break;
            }
        }
        declined(&full.unwrap(), "cartAdd", "CART_FULL", None);
    }
}

#[tokio::test]
async fn a_cart_has_one_currency() {
    let folder = tempfile::tempdir().unwrap();
    let [lines, data] = ["foreign.jsonl", "shop.db"].map(|name| folder.path().join(name));
    let line = json!({ "sku": "A-1", "name": "Tent", "brand": "Fjell", "category": "Tents",
        "description": "For two.", "price": { "currency": "SEK", "amount": "1000.00" } });
    std::fs::write(&lines, line.to_string()).unwrap();
    import(&lines, &data, "2026-06-01T12:00:00Z".parse().unwrap()).unwrap();
    let shop = Shop::over(Some(data), |_| {}).await;
    shop.domain.set_stock("a-1", "lyon", 100).await.unwrap();
    for kind in BOTH {
        // Ada's cart holds products priced in euros.
        let answer = add(&shop, kind, ADA, "a-1", 1).await;
        declined(&answer, "cartAdd", "CURRENCY_MISMATCH", Some("productId"));
    }
}
