//! An error in a mutation or a query names the path of the bad input in the arguments, and no other.

use serde_json::{Value, json};

use super::{add, mutation};
use crate::support::{ADA, Kind, Shop, id_of, product_id};

#[tokio::test]
async fn bad_input_is_named_by_its_path_in_the_arguments() {
    let shop = Shop::open().await;
    let [kettle, whisk] = ["kettle-gooseneck-09", "matcha-whisk-set"].map(product_id);
    let hers = shop.query(Kind::Mobile, "{ cart { paymentMethods { id } } }").await.whole();
    let method = hers.data("/cart/paymentMethods/0/id").clone();
    let cart = |to, key: &str, product: &str, quantity: i32| (to, add(key, product, quantity));
    let order = |to, country: &str| {
        let input = json!({ "idempotencyKey": "key-order-1", "paymentMethodId": method,
            "shippingOption": "standard", "country": country });
        (to, mutation("orderPlace", "OrderPlaceInput", "order { id }", &input))
    };
    let prefer = |field: &str, value: &str| {
        let input = json!({ "idempotencyKey": "key-prefer-1", field: value });
        let selection = "preferences { language }";
        (shop.web, mutation("preferencesUpdate", "PreferencesUpdateInput", selection, &input))
    };
    let review = |rating: i32, text: &str| {
        let input =
            json!({ "idempotencyKey": "key-review-1", "productId": whisk, "rating": rating, "text": text });
        (shop.web, mutation("reviewCreate", "ReviewCreateInput", "review { id }", &input))
    };
    let mark = |ids: Value| {
        let input = json!({ "idempotencyKey": "key-mark-01", "notificationIds": ids });
        (shop.web, mutation("notificationsMarkRead", "NotificationsMarkReadInput", "unreadCount", &input))
    };
    let query = |to, text: String| (to, json!({ "query": text }));
    let many = vec![id_of("Notification", "n"); 101];
    let foreign = hers_reviews_cursor(&shop, &whisk).await;
    for ((to, body), path) in [
        (cart(shop.mobile, "short", &kettle, 1), "input.idempotencyKey"),
        (cart(shop.web, "key-cart-01", &kettle, 21), "input.quantity"),
        (cart(shop.mobile, "key-cart-01", "kettle", 1), "input.productId"),
        (order(shop.mobile, "XX"), "input.country"),
        (order(shop.web, "XX"), "input.country"),
        (prefer("language", "no language"), "input.language"),
        (prefer("country", "XX"), "input.country"),
        (review(6, "Good."), "input.rating"),
        (review(5, ""), "input.text"),
        (mark(json!([id_of("Notification", "n"), "nonsense"])), "input.notificationIds.1"),
        (mark(json!(many)), "input.notificationIds"),
        (query(shop.web, format!("{{ nodes(ids: [\"{kettle}\", \"nonsense\"]) {{ id }} }}")), "ids.1"),
        (query(shop.web, "{ node(id: \"nonsense\") { id } }".to_owned()), "id"),
        (query(shop.mobile, "{ search(query: \" \") { total } }".to_owned()), "query"),
        (query(shop.web, "{ products(first: 101) { totalCount } }".to_owned()), "first"),
        (query(shop.mobile, format!("{{ products(after: \"{foreign}\") {{ total }} }}")), "after"),
        (
            query(
                shop.web,
                format!("{{ product(id: \"{kettle}\") {{ shippingOptions(country: \"XX\") {{ name }} }} }}"),
            ),
            "country",
        ),
        (query(shop.mobile, "{ cart { shippingOptions(country: \"XX\") { name } } }".to_owned()), "country"),
        (
            query(
                shop.web,
                format!(
                    "{{ product(id: \"{kettle}\") {{ reviews(after: \"{foreign}\") {{ totalCount }} }} }}"
                ),
            ),
            "after",
        ),
    ] {
        let answer = shop.post(to, body.clone(), &[ADA]).await;
        // A change that a service declines has the error in its payload; all other errors are at the top level.
        let in_payload = |data: &Value| data.as_object()?.values().next()?.pointer("/userErrors/0").cloned();
        if let Some(error) = in_payload(&answer.body["data"]) {
            assert_eq!(error["code"], "INVALID", "{body}: {}", answer.text);
            assert_eq!(error["field"], json!(path.split('.').collect::<Vec<_>>()), "{body}: {}", answer.text);
            continue;
        }
        let error = &answer.body["errors"][0]["extensions"];
        assert_eq!(error["code"], "BAD_USER_INPUT", "{body}: {}", answer.text);
        assert_eq!(error["violations"][0]["field"], path, "{body}: {}", answer.text);
    }
}

/// A cursor of one product's reviews, which is invalid for any other list.
async fn hers_reviews_cursor(shop: &Shop, product: &str) -> String {
    let query =
        format!("{{ product(id: \"{product}\") {{ reviews(first: 1) {{ pageInfo {{ endCursor }} }} }} }}");
    let answer = shop.web(&query).await.whole();
    answer.data("/product/reviews/pageInfo/endCursor").as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_declined_order_names_the_bad_input_alone() {
    for kind in [Kind::Mobile, Kind::Web] {
        let shop = Shop::open().await;
        let to = shop.address(kind);
        let hers = shop.query(Kind::Mobile, "{ cart { paymentMethods { id } } }").await.whole();
        let method = hers.data("/cart/paymentMethods/0/id").clone();
        let order = |key: &str, method: &Value, option: &str| {
            let input = json!({ "idempotencyKey": key, "paymentMethodId": method, "shippingOption": option,
                "country": "FR" });
            mutation("orderPlace", "OrderPlaceInput", "order { id }", &input)
        };
        let declined = async |body: Value, code: &str, field: Value| {
            let answer = shop.post(to, body, &[ADA]).await.whole();
            assert_eq!(answer.data("/orderPlace/userErrors/0/code"), code, "{}", answer.text);
            assert_eq!(answer.data("/orderPlace/userErrors/0/field"), &field, "{}", answer.text);
            assert_eq!(answer.data("/orderPlace/order"), &Value::Null);
        };
        let product = "tent-ridge-2";
        shop.post(to, add("key-put-in", &product_id(product), 1), &[ADA]).await.whole();
        let nobodys = json!(id_of("PaymentMethod", "nobody"));
        let field = |name: &str| json!(["input", name]);
        declined(
            order("key-order-2", &nobodys, "standard"),
            "PAYMENT_METHOD_NOT_FOUND",
            field("paymentMethodId"),
        )
        .await;
        declined(order("key-order-3", &method, "pigeon"), "SHIPPING_NOT_AVAILABLE", field("shippingOption"))
            .await;
        shop.sell_out(product).await;
        declined(order("key-order-4", &method, "standard"), "OUT_OF_STOCK", Value::Null).await;
    }
}
