//! Visitors of the web shop, and what is theirs once they sign in.

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};

use super::provided::{Provided, cookie};
use crate::support::{ADA, Answer, order_id, product_id};

const KETTLE: &str = "kettle-gooseneck-09";
const GRINDER: &str = "grinder-electric-flat-64";
const CART: &str = "{ cart { id count items { quantity product { id } } } }";

impl Provided {
    async fn visiting(&self, headers: &[(&str, &str)]) -> Response<Bytes> {
        let mut request = Request::post(format!("http://{}/auth/visit", self.shop.web));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.shop.fetch(request.body(Full::default()).unwrap()).await
    }

    /// The cookie of a new visitor.
    async fn visitor(&self) -> String {
        let answer = self.visiting(&[]).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        let set = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        let attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000";
        assert!(set.starts_with("__Host-visitor=") && set.ends_with(attributes), "{set}");
        cookie(&answer)
    }

    async fn web(&self, body: Value, cookie: &str) -> Answer {
        self.shop.post(self.shop.web, body, &[("cookie", cookie)]).await
    }

    async fn cart_of(&self, cookie: &str) -> Value {
        self.web(json!({ "query": CART }), cookie).await.whole().data("/cart").clone()
    }

    async fn add(&self, cookie: &str, product: &str, quantity: i32) {
        let query = "mutation($input: CartAddInput!) { cartAdd(input: $input) { userErrors { message } } }";
        let input = json!({ "idempotencyKey": format!("adds-{product}-{quantity}"),
            "productId": product_id(product), "quantity": quantity });
        let answer =
            self.web(json!({ "query": query, "variables": { "input": input } }), cookie).await.whole();
        assert_eq!(answer.data("/cartAdd/userErrors"), &json!([]));
    }

    async fn adopt(&self, cookie: &str, key: &str) -> Answer {
        let query = "mutation($input: CartAdoptInput!) { cartAdopt(input: $input) {
            cart { count items { quantity product { id } } } userErrors { message } } }";
        let body = json!({ "query": query, "variables": { "input": { "idempotencyKey": key } } });
        self.web(body, cookie).await
    }
}

fn quantity(cart: &Value, product: &str) -> i64 {
    let items = cart["items"].as_array().unwrap().iter();
    let of_it = items.filter(|item| item["product"]["id"] == product_id(product));
    of_it.map(|item| item["quantity"].as_i64().unwrap()).sum()
}

#[tokio::test]
async fn a_visitor_has_a_cart_of_their_own_which_is_the_users_once_they_sign_in() {
    let provided = Provided::open().await;
    let (visitor, other) = (provided.visitor().await, provided.visitor().await);
    assert_eq!(provided.cart_of("").await, Value::Null);
    provided.add(&visitor, KETTLE, 2).await;
    provided.add(&visitor, GRINDER, 1).await;
    assert_eq!(provided.cart_of(&visitor).await["count"], 3);
    assert_eq!(provided.cart_of(&other).await["count"], 0);

    let users = provided.session(ADA.1).await;
    let before = provided.cart_of(&users).await;
    let (attempt, back) = provided.attempt(ADA.1, "/").await;
    let answer = provided.visit(&back, &format!("{attempt}; {visitor}")).await;
    let taken_away = answer.headers().get_all(header::SET_COOKIE).iter();
    assert!(taken_away.into_iter().any(|it| it.to_str().unwrap().starts_with("__Host-visitor=;")));
    let session = cookie(&answer);
    assert_eq!(provided.cart_of(&session).await, before, "nothing moves by itself");

    let adopted = provided.adopt(&session, "adopts-the-cart").await.whole();
    let cart = adopted.data("/cartAdopt/cart");
    for (product, added) in [(KETTLE, 2), (GRINDER, 1)] {
        assert_eq!(quantity(cart, product), quantity(&before, product) + added, "{product}");
    }
    assert_eq!(provided.cart_of(&visitor).await["count"], 0);
    // Again, under the same key and under another one.
    for key in ["adopts-the-cart", "adopts-it-again"] {
        assert_eq!(provided.adopt(&session, key).await.whole().data("/cartAdopt/cart"), cart);
    }
    assert_eq!(provided.adopt(&users, "was-no-visitor").await.whole().data("/cartAdopt/cart"), cart);
}

#[tokio::test]
async fn a_visitor_may_do_no_more_than_nobody_and_a_made_up_one_has_an_empty_cart() {
    let provided = Provided::open().await;
    let made_up = format!("__Host-visitor={}", "A".repeat(43));
    for visitor in [provided.visitor().await, made_up] {
        assert_eq!(provided.cart_of(&visitor).await["count"], 0);
        let theirs = json!({ "query": "{ viewer { __typename } orders { nodes { id } } }" });
        let answer = provided.web(theirs, &visitor).await;
        assert_eq!(
            (answer.errors(), answer.data("/viewer")),
            (vec!["orders: UNAUTHENTICATED".to_owned()], &Value::Null)
        );
        let order = json!({ "query": format!("{{ order(id: \"{}\") {{ id }} }}", order_id("1001")) });
        assert!(provided.web(order, &visitor).await.data("/order").is_null());
        assert_eq!(provided.adopt(&visitor, "adopts-nothing").await.errors(), ["cartAdopt: UNAUTHENTICATED"]);
    }
}

#[tokio::test]
async fn a_cookie_that_holds_no_visitor_is_rejected_and_taken_away() {
    let provided = Provided::open().await;
    let good = provided.visitor().await;
    for bad in ["__Host-visitor=", "__Host-visitor=made-up", &format!("{good}; {good}")] {
        let answer = provided.web(json!({ "query": CART }), bad).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{bad}");
        let me = provided.visit("/auth/me", bad).await;
        assert!(me.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("__Host-visitor=;"), "{bad}");
    }
}

#[tokio::test]
async fn whoever_is_known_gets_no_other_id_and_a_page_of_another_site_none() {
    let provided = Provided::open().await;
    for known in [provided.visitor().await, provided.session(ADA.1).await] {
        let own_page = [("cookie", known.as_str()), ("x-csrf", "1")];
        let answer = provided.visiting(&own_page).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert!(!answer.headers().contains_key(header::SET_COOKIE));
        assert_eq!(provided.visiting(&own_page[..1]).await.status(), StatusCode::FORBIDDEN);
    }
    let foreign = [("origin", "https://other.example"), ("sec-fetch-site", "cross-site")];
    assert_eq!(provided.visiting(&foreign).await.status(), StatusCode::FORBIDDEN);
}
