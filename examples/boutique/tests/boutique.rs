//! The BFF in front of the services of the boutique, as its users see it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "../stubs/services.rs"]
mod services;

use std::future::pending;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bff_kit::host::config::Config;
use bff_kit::host::{Server, Tcp};
use bff_kit::identity::{Principal, RequestHead, SignIn, SigningIn, signed_in};
use serde_json::{Value, json};
use services::Boutique;
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tonic::codegen::http::HeaderName;
use tonic::transport::server::TcpIncoming;

/// Believes the header that names a user.
struct Named;

impl SignIn for Named {
    fn sign_in<'a>(&'a self, request: RequestHead<'a>) -> SigningIn<'a> {
        let user = request.headers.get("x-user-id").map(|it| it.to_str().unwrap());
        signed_in(Ok(user.map_or_else(Principal::anonymous, Principal::of_user)))
    }

    fn reads(&self) -> Vec<HeaderName> {
        vec![HeaderName::from_static("x-user-id")]
    }
}

/// A user of the phone, of a boutique of their own.
struct Phone(String);

impl Phone {
    /// Opens the services and the BFF in front of them.
    async fn of(services: &Arc<Boutique>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = Config::development();
        config.upstream.default = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(services::router(services).serve_with_incoming(TcpIncoming::from(listener)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let client = boutique::client().signing_in(|_| Ok(Box::new(Named)));
        tokio::spawn(async move {
            Server::new(config).serve(client, listener, Tcp, pending()).await.unwrap();
        });
        Self(address)
    }

    /// Sends an operation of the folder, with its variables from `examples.json` and these.
    async fn sends(&self, name: &str, variables: Value) -> Value {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/boutique");
        let query = std::fs::read_to_string(format!("{folder}/operations/{name}.graphql")).unwrap();
        let examples = std::fs::read_to_string(format!("{folder}/examples.json")).unwrap();
        let mut sent = serde_json::from_str::<Value>(&examples).unwrap()[name]["variables"].take();
        sent.as_object_mut().unwrap().extend(variables.as_object().unwrap().clone());
        self.asks("ada", &json!({ "query": query, "variables": sent })).await
    }

    /// Sends a request on behalf of a user; of nobody, if the name is empty.
    async fn asks(&self, user: &str, request: &Value) -> Value {
        let (address, body) = (self.0.clone(), request.to_string());
        let user = if user.is_empty() { String::new() } else { format!("x-user-id: {user}\r\n") };
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(&address).unwrap();
            let (length, close) = (body.len(), "connection: close\r\ncontent-type: application/json");
            write!(stream, "POST /graphql HTTP/1.1\r\nhost: {address}\r\n{close}\r\n{user}").unwrap();
            write!(stream, "content-length: {length}\r\n\r\n{body}").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        serde_json::from_str(answer.await.unwrap().split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}

#[tokio::test]
async fn the_home_screen_converts_each_price_once_and_four_at_a_time() {
    let boutique = Arc::new(Boutique { together: Some(Barrier::new(4)), ..Boutique::default() });
    let answer = Phone::of(&boutique).await.sends("Home", json!({})).await;
    let products = answer["data"]["products"].as_array().unwrap();
    assert_eq!((products.len(), &products[0]["price"]), (12, &json!("22.54 EUR")), "{answer}");
    assert_eq!(answer["data"]["ad"], "Mugs, 20% off.");
    assert!(answer.get("extensions").is_none(), "{answer}");
    let [made, _, at_a_time] = &boutique.conversions;
    assert_eq!((made.load(Ordering::SeqCst), at_a_time.load(Ordering::SeqCst)), (8, 4));
}

#[tokio::test]
async fn ads_that_cannot_be_loaded_leave_the_home_screen() {
    let boutique = Arc::new(Boutique { without_ads: true, ..Boutique::default() });
    let answer = Phone::of(&boutique).await.sends("Home", json!({})).await;
    assert_eq!(answer["data"]["products"][2]["name"], "A candle for the home", "{answer}");
    let degraded =
        json!([{ "path": "ad", "code": "UPSTREAM_UNAVAILABLE", "count": 1, "service": "AdService" }]);
    assert_eq!((&answer["data"]["ad"], &answer["extensions"]["degraded"]), (&Value::Null, &degraded));
}

#[tokio::test]
async fn a_product_names_others_for_those_who_are_signed_in() {
    let phone = Phone::of(&Arc::default()).await;
    let answer = phone.sends("Product", json!({})).await;
    let others = answer["data"]["product"]["recommendations"].as_array().unwrap();
    assert_eq!(others.len(), 5, "{answer}");
    assert!(others.iter().all(|it| it["id"] != answer["data"]["product"]["id"]), "{answer}");
    let query = json!({ "query": "{ search(query: \"lamp\") { name recommendations { id } } }" });
    let answer = phone.asks("", &query).await;
    assert_eq!(
        answer,
        json!({ "data": { "search": [{ "name": "A lamp for the home", "recommendations": null }] } })
    );
}

#[tokio::test]
async fn the_cart_has_the_price_of_everything_in_it() {
    let phone = Phone::of(&Arc::default()).await;
    let added = phone.sends("CartAdd", json!({})).await;
    assert_eq!(added["data"]["cartAdd"]["cart"]["total"], "18.21 EUR", "{added}");
    phone.sends("CartAdd", json!({ "product": "UHJvZHVjdDpsYW1w", "quantity": 1 })).await;
    let answer = phone.sends("Cart", json!({})).await;
    // Two mugs of 9.90 and a lamp of 75.25 in US dollars, each 0.92 euros.
    let cart = &answer["data"]["cart"];
    assert_eq!((&cart["total"], &cart["shipping"]), (&json!("87.44 EUR"), &json!("2.30 EUR")), "{answer}");
    assert_eq!(cart["lines"][1]["product"]["name"], "A lamp for the home");
    let emptied =
        json!({ "query": "mutation { cartEmpty { cart { lines { quantity } } userErrors { code } } }" });
    let answer = phone.asks("ada", &emptied).await;
    assert_eq!(answer["data"]["cartEmpty"], json!({ "cart": { "lines": [] }, "userErrors": [] }), "{answer}");
}

#[tokio::test]
async fn an_order_empties_the_cart() {
    let phone = Phone::of(&Arc::default()).await;
    phone.sends("CartAdd", json!({})).await;
    let answer = phone.sends("OrderPlace", json!({})).await;
    assert_eq!(answer["data"]["orderPlace"]["orderNumber"], "order-of-ada", "{answer}");
    assert_eq!(phone.sends("Cart", json!({})).await["data"]["cart"]["lines"], json!([]));
}

#[tokio::test]
async fn a_declined_card_is_told_in_words() {
    let phone = Phone::of(&Arc::default()).await;
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

#[tokio::test]
async fn a_product_that_is_not_sold_is_a_user_error_and_an_unknown_currency_bad_input() {
    let phone = Phone::of(&Arc::default()).await;
    let answer = phone.sends("CartAdd", json!({ "product": "UHJvZHVjdDpnb25l" })).await;
    assert_eq!(answer["data"]["cartAdd"]["userErrors"][0]["code"], "REFUSED", "{answer}");
    let answer = phone.sends("Product", json!({ "currency": "XXX" })).await;
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
