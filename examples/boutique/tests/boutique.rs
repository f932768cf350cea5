//! The BFF in front of the services of the boutique, as its users see it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "../stubs/services.rs"]
mod services;

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bff_test::{Bff, Opened};
use serde_json::{Value, json};
use services::Boutique;
use tokio::sync::Barrier;

fn bff() -> Bff {
    let contracts = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/boutique");
    Bff::new(boutique::client()).with_contracts(contracts)
}

/// The phone of a user, of a boutique of their own.
struct Phone(Opened);

impl Phone {
    /// Opens the services and the BFF in front of them.
    fn of(services: &Arc<Boutique>) -> Self {
        let services = services::router(services);
        Self(
            bff()
                .open_over(async move |connections| services.serve_with_incoming(connections).await.unwrap()),
        )
    }

    /// Sends an operation of the folder, with its variables from `examples.json` and these.
    async fn sends(&self, name: &str, variables: Value) -> Value {
        let (operations, _) = bff().operations();
        let operation = operations.iter().find(|it| it.name == name).unwrap();
        let mut sent = operation.full.clone();
        sent.as_object_mut().unwrap().extend(variables.as_object().unwrap().clone());
        self.asks(Some("ada"), &operation.body(&sent)).await
    }

    /// Sends a request on behalf of a user, or of nobody.
    async fn asks(&self, user: Option<&str>, request: &Value) -> Value {
        self.0.send(request, user, &[]).await.body
    }
}

#[test]
fn the_bff_is_honest() {
    let bff = bff().with_value("boutique.v1.Money.currency_code", json!("USD"));
    let tried = bff_test::honest(&bff);
    assert!(tried.fields >= 16 && tried.failures >= 90, "{tried:?}");
}

#[tokio::test(start_paused = true)]
async fn the_home_screen_converts_each_price_once_and_four_at_a_time() {
    let boutique = Arc::new(Boutique { together: Some(Barrier::new(4)), ..Boutique::default() });
    let answer = Phone::of(&boutique).sends("Home", json!({})).await;
    let products = answer["data"]["products"].as_array().unwrap();
    assert_eq!((products.len(), &products[0]["price"]), (12, &json!("22.54 EUR")), "{answer}");
    assert_eq!(answer["data"]["ad"], "Mugs, 20% off.");
    assert!(answer.get("extensions").is_none(), "{answer}");
    let [made, _, at_a_time] = &boutique.conversions;
    assert_eq!((made.load(Ordering::SeqCst), at_a_time.load(Ordering::SeqCst)), (8, 4));
}

#[tokio::test(start_paused = true)]
async fn ads_that_cannot_be_loaded_leave_the_home_screen() {
    let boutique = Arc::new(Boutique { without_ads: true, ..Boutique::default() });
    let answer = Phone::of(&boutique).sends("Home", json!({})).await;
    assert_eq!(answer["data"]["products"][2]["name"], "A candle for the home", "{answer}");
    let degraded =
        json!([{ "path": "ad", "code": "UPSTREAM_UNAVAILABLE", "count": 1, "service": "AdService" }]);
    assert_eq!((&answer["data"]["ad"], &answer["extensions"]["degraded"]), (&Value::Null, &degraded));
}

#[tokio::test(start_paused = true)]
async fn a_product_names_others_for_those_who_are_signed_in() {
    let phone = Phone::of(&Arc::default());
    let answer = phone.sends("Product", json!({})).await;
    let others = answer["data"]["product"]["recommendations"].as_array().unwrap();
    assert_eq!(others.len(), 5, "{answer}");
    assert!(others.iter().all(|it| it["id"] != answer["data"]["product"]["id"]), "{answer}");
    let query = json!({ "query": "{ search(query: \"lamp\") { name recommendations { id } } }" });
    let answer = phone.asks(None, &query).await;
    assert_eq!(
        answer,
        json!({ "data": { "search": [{ "name": "A lamp for the home", "recommendations": null }] } })
    );
}

#[tokio::test(start_paused = true)]
async fn the_cart_has_the_price_of_everything_in_it() {
    let phone = Phone::of(&Arc::default());
    let added = phone.sends("CartAdd", json!({})).await;
    assert_eq!(added, json!({ "data": { "cartAdd": { "__typename": "CartPayload", "userErrors": [] } } }));
    let answer = phone.sends("Cart", json!({})).await;
    assert_eq!(answer["data"]["cart"]["total"], "18.21 EUR", "{answer}");
    phone.sends("CartAdd", json!({ "product": bff_test::id_of("Product", "lamp"), "quantity": 1 })).await;
    let answer = phone.sends("Cart", json!({})).await;
    // Two mugs of 9.90 and a lamp of 75.25 in US dollars, each 0.92 euros.
    let cart = &answer["data"]["cart"];
    assert_eq!((&cart["total"], &cart["shipping"]), (&json!("87.44 EUR"), &json!("2.30 EUR")), "{answer}");
    assert_eq!(cart["lines"][1]["product"]["name"], "A lamp for the home");
    let emptied = json!({ "query": "mutation { cartEmpty { userErrors { code } } }" });
    let answer = phone.asks(Some("ada"), &emptied).await;
    assert_eq!(answer, json!({ "data": { "cartEmpty": { "userErrors": [] } } }));
    assert_eq!(phone.sends("Cart", json!({})).await["data"]["cart"]["lines"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn an_order_empties_the_cart() {
    let phone = Phone::of(&Arc::default());
    phone.sends("CartAdd", json!({})).await;
    let answer = phone.sends("OrderPlace", json!({})).await;
    assert_eq!(answer["data"]["orderPlace"]["orderNumber"], "order-of-ada", "{answer}");
    assert_eq!(phone.sends("Cart", json!({})).await["data"]["cart"]["lines"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn a_declined_card_is_told_in_words() {
    let phone = Phone::of(&Arc::default());
    phone.sends("CartAdd", json!({})).await;
    let answer = phone.sends("OrderPlace", json!({ "card": services::DECLINED })).await;
    let error = &answer["data"]["orderPlace"]["userErrors"][0];
    assert_eq!(
        (&error["code"], &error["field"]),
        (&json!("CARD_DECLINED"), &json!(["input", "card"])),
        "{answer}"
    );
    assert_eq!(error["message"], "Your bank declined the card. Try another one.");
    assert_eq!(phone.sends("Cart", json!({})).await["data"]["cart"]["lines"][0]["quantity"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_product_that_is_not_sold_is_a_user_error_and_an_unknown_currency_bad_input() {
    let phone = Phone::of(&Arc::default());
    let answer = phone.sends("CartAdd", json!({ "product": bff_test::id_of("Product", "gone") })).await;
    assert_eq!(answer["data"]["cartAdd"]["userErrors"][0]["code"], "REFUSED", "{answer}");
    let answer = phone.sends("Product", json!({ "currency": "ABC" })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
    assert_eq!(answer["data"]["product"]["name"], "A mug for the home", "{answer}");
}

#[test]
fn the_contracts_hold() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_boutique"));
        let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap();
        (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let (holds, told) = run(&["check"]);
    assert!(holds, "{told}");
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/boutique/schema.graphql");
    assert_eq!(std::fs::read_to_string(committed).unwrap(), run(&["schema"]).1);
}

#[tokio::test(start_paused = true)]
async fn mistakes_that_a_service_names_by_its_status_alone_are_told() {
    let phone = Phone::of(&Arc::default());
    let empty = phone.sends("OrderPlace", json!({})).await;
    let error = &empty["data"]["orderPlace"]["userErrors"][0];
    assert_eq!((&error["code"], &error["field"]), (&json!("REFUSED"), &Value::Null), "{empty}");
    let none = phone.sends("CartAdd", json!({ "quantity": 0 })).await;
    let error = &none["data"]["cartAdd"]["userErrors"][0];
    assert_eq!((&error["code"], &error["field"]), (&json!("REFUSED"), &Value::Null), "{none}");
    // The currency reaches the service by a call that follows another.
    phone.sends("CartAdd", json!({})).await;
    let answer = phone.sends("Cart", json!({ "currency": "ABC" })).await;
    let told = |error: &Value| (error["path"][1].clone(), error["extensions"]["code"].clone());
    let told: Vec<_> = answer["errors"].as_array().unwrap().iter().map(told).collect();
    let bad = |field: &str| (json!(field), json!("BAD_USER_INPUT"));
    assert_eq!(told, [bad("lines"), bad("total"), bad("shipping")], "{answer}");
}

/// A card that is declined is no failure of the service, however many there are.
#[tokio::test(start_paused = true)]
async fn declined_cards_keep_nobody_else_from_ordering() {
    let phone = Phone::of(&Arc::default());
    phone.sends("CartAdd", json!({})).await;
    for _ in 0..60 {
        let answer = phone.sends("OrderPlace", json!({ "card": services::DECLINED })).await;
        assert_eq!(answer["data"]["orderPlace"]["userErrors"][0]["code"], "CARD_DECLINED", "{answer}");
    }
    let answer = phone.sends("OrderPlace", json!({})).await;
    assert_eq!(answer["data"]["orderPlace"]["orderNumber"], "order-of-ada", "{answer}");
}
