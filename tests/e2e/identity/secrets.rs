//! No credential leaves the place that it is meant for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bff_kit::host::config::LogFormat;
use bff_kit::identity::{ExposeSecret as _, KeyFile, KeyOrder, KeyPrefix, Scopes};
use domain_stubs::provider::DEVELOPMENT_CLIENT_SECRET;
use http::StatusCode;
use http_body_util::Full;
use jiff::Timestamp;
use proto::admin::Fault;
use serde_json::json;
use tonic::Code;
use tonic::transport::Endpoint;

use super::provided::Provided;
use crate::support::{ADA, Logged, SHELF, device_id, product_id};

/// Input of a user, which no output of a server may show.
const PRIVATE_TEXT: &str = "a-review-that-is-nobodys-business";

#[tokio::test]
async fn no_credential_and_no_text_of_a_user_is_in_any_output() {
    let logged = Logged::filtered("debug", LogFormat::Json);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let order =
        KeyOrder { device: SHELF.1.to_owned(), label: String::new(), scopes: Scopes::NONE, expires: None };
    let key = KeyFile::new(&file, KeyPrefix::new("shopd").unwrap()).issue(order, Timestamp::now()).unwrap();
    let key = key.key.expose_secret().to_owned();
    let phones = Provided::exchanging_with(move |config| config.sign_in.keys = Some(file.clone())).await;
    let shop = &phones.shop;
    let token = phones.provider.phone_token(ADA.1, "openid");
    let altered = format!("{}A.{}", &token[..20], &token[22..]);

    let visitor = format!("__Host-visitor={}", "V".repeat(43));
    let exchanged = phones.exchanged("bff-mobile", &token, "shop.carts.v1.CartService").await;

    let session = phones.session(ADA.1).await;
    let (attempt, back) = phones.attempt(ADA.1, "/").await;

    let mut outputs = Vec::new();
    let ask = async |to, body, headers: &[(&str, &str)]| {
        let answer = shop.post(to, body, headers).await;
        format!("{:?} {}", answer.headers, answer.text)
    };
    let cart = || json!({ "query": "{ cart { count } home { name } }" });
    let device = || json!({ "query": format!("{{ device(id: {:?}) {{ id }} }}", device_id(SHELF.1)) });
    let review = json!({
        "query": "mutation($input: ReviewCreateInput!) { reviewCreate(input: $input) { review { id } } }",
        "variables": { "input": { "idempotencyKey": "key-one-1", "productId": product_id("no-such-thing"),
            "rating": 4, "text": PRIVATE_TEXT } },
    });
    for fails in [false, true] {
        if fails {
            for rpc in ["shop.carts.v1.CartService/GetCart", "shop.reviews.v1.ReviewService/CreateReview"] {
                shop.fail(Fault {
                    rpc: rpc.to_owned(),
                    error_code: Code::Internal.into(),
                    ..Fault::default()
                });
            }
        }
        for bearer in [&token, &altered, "none"] {
            let bearer = format!("Bearer {bearer}");
            outputs.push(ask(shop.mobile, cart(), &[("authorization", &bearer)]).await);
            outputs.push(
                ask(shop.mobile, json!({ "query": "{ nonsense }" }), &[("authorization", &bearer)]).await,
            );
            outputs.push(ask(shop.iot, device(), &[("x-api-key", &key), ("authorization", &bearer)]).await);
        }
        outputs.push(ask(shop.iot, device(), &[("x-api-key", &key)]).await);
        outputs.push(ask(shop.iot, device(), &[("x-api-key", &format!("{key}0"))]).await);
        outputs.push(ask(shop.mobile, cart(), &[("cookie", &token)]).await);
        outputs.push(ask(shop.web, json!({ "query": "{ cart { count } }" }), &[("cookie", &visitor)]).await);
        let exchanged = format!("Bearer {exchanged}");
        outputs.push(ask(shop.mobile, cart(), &[("authorization", &exchanged)]).await);
        outputs.push(ask(shop.web, review.clone(), &[("cookie", &session)]).await);
        outputs.push(ask(shop.web, review.clone(), &[("cookie", &format!("{session}0"))]).await);
        // The first is a login, the second one with a code that was used; neither tells more than where to go.
        let _answer = phones.visit(&back, &attempt).await;
    }
    for address in [shop.mobile, shop.web, shop.iot] {
        let request = http::Request::get(format!("http://{address}/metrics")).body(Full::default()).unwrap();
        let metrics = shop.send(request).await;
        assert_eq!(metrics.status, StatusCode::OK);
        outputs.push(metrics.text);
    }

    let log = logged.text();
    assert!(log.contains("a credential was not accepted") && log.contains("call failed"), "{log}");
    outputs.push(log);
    // Whole, or the part of a token that would be enough.
    let signature = token.rsplit('.').next().unwrap();
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let [session, attempt, visitor] = [&session, &attempt, &visitor].map(|it| it.split_once('=').unwrap().1);
    // As it is set, and as it is sent.
    let sent = STANDARD.encode(format!("bff-mobile:{DEVELOPMENT_CLIENT_SECRET}"));
    let client_secret = [DEVELOPMENT_CLIENT_SECRET, &sent];
    let of_phone = [&token, &altered, &exchanged, signature, PRIVATE_TEXT, ADA.1];
    let others = [&*key, &key[15..45], session, attempt, visitor, code];
    for secret in of_phone.into_iter().chain(others).chain(client_secret) {
        for output in &outputs {
            assert!(!output.contains(secret), "{secret} is in {output}");
        }
    }
}

#[tokio::test]
async fn a_credential_of_a_client_means_nothing_to_a_service() {
    let phones = Provided::open().await;
    let token = phones.provider.phone_token(ADA.1, "openid");
    let channel = Endpoint::from_shared(format!("http://{}", phones.shop.domain_address)).unwrap();
    let mut carts =
        proto::carts::cart_service_client::CartServiceClient::new(channel.connect().await.unwrap());
    for authorization in [Some(format!("Bearer {token}")), None] {
        let mut request = tonic::Request::new(proto::carts::GetCartRequest::default());
        if let Some(authorization) = authorization {
            request.metadata_mut().insert("authorization", authorization.parse().unwrap());
        }
        assert_eq!(carts.get_cart(request).await.unwrap_err().code(), Code::Unauthenticated);
    }
    assert!(phones.shop.domain.calls().list().iter().all(|call| call.subject.is_empty()));
}
