//! A call without a valid credential is rejected.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain_stubs::{
    Domain, Options, Services,
    credential::{DEVELOPMENT_CREDENTIAL_KEY, ISSUERS},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proto::{
    analytics::RecordEventsRequest, catalog::ListCategoriesRequest, inventory::BatchGetStockRequest,
    notifications::ListNotificationsRequest, pricing::BatchGetPricesRequest,
    recommendations::BatchListRelatedRequest, reviews::BatchGetRatingsRequest, telemetry::GetDeviceRequest,
};
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::shop::{ADA, Clients, Shop, claims, failure, now, options, sign};

const KEY: &str = DEVELOPMENT_CREDENTIAL_KEY;

#[tokio::test]
async fn what_is_no_credential_of_the_shop_is_rejected() {
    let shop = Shop::open().await;
    let good = sign(&claims(), KEY);
    let token = good.strip_prefix("Bearer ").unwrap();
    let bad = [
        ("CREDENTIAL_MISSING", vec![]),
        ("CREDENTIAL_INVALID", vec![String::new()]),
        ("CREDENTIAL_INVALID", vec![token.to_owned()]),
        ("CREDENTIAL_INVALID", vec![format!("Basic {token}")]),
        ("CREDENTIAL_INVALID", vec!["Bearer nonsense".into()]),
        ("CREDENTIAL_INVALID", vec![good[..good.len() - 4].to_owned()]),
        ("CREDENTIAL_INVALID", vec![sign(&claims(), "another key")]),
        ("CREDENTIAL_INVALID", vec![unsigned()]),
        // Of two credentials, a proxy and the service could take different ones as valid.
        ("CREDENTIAL_INVALID", vec![good.clone(), good.clone()]),
        ("CREDENTIAL_INVALID", vec![good.clone(), String::new()]),
        ("CREDENTIAL_INVALID", vec![format!("{good}, {good}")]),
    ];
    for (reason, credentials) in bad {
        let status = rejected(&shop.with_credentials(credentials.clone())).await;
        assert_eq!(failure(&status), (Code::Unauthenticated, reason.into()), "{credentials:?}");
    }
}

#[tokio::test]
async fn a_credential_that_states_what_no_bff_does_is_rejected() {
    let shop = Shop::open().await;
    let now = now().as_second();
    let (invalid, unknown) = ("CREDENTIAL_INVALID", "CREDENTIAL_ISSUER_UNKNOWN");
    let (expired, future) = ("CREDENTIAL_EXPIRED", "CREDENTIAL_NOT_YET_VALID");
    let bad = [
        (invalid, json!({ "aud": null })),
        (invalid, json!({ "aud": "bff-mobile" })),
        (invalid, json!({ "aud": "shop.orders.v1.OrderService" })),
        (invalid, json!({ "aud": ["shop.catalog.v1.CatalogService", "shop.orders.v1.OrderService"] })),
        (invalid, json!({ "iss": null })),
        (unknown, json!({ "iss": "" })),
        (unknown, json!({ "iss": "bff-wandering" })),
        (unknown, json!({ "iss": "BFF-mobile" })),
        (invalid, json!({ "iss": ["bff-mobile"] })),
        (invalid, json!({ "sub": "" })),
        (invalid, json!({ "sub": "", "actor": "user" })),
        (invalid, json!({ "sub": ADA })),
        (invalid, json!({ "actor": "user" })),
        (invalid, json!({ "sub": ADA, "actor": "admin" })),
        (invalid, json!({ "iat": null })),
        (invalid, json!({ "exp": null })),
        (invalid, json!({ "exp": format!("{}", now + 60) })),
        // Valid for too long: by a second, for ten years, until the year 3000, and for more seconds
        // than an `i64` holds.
        (invalid, json!({ "exp": now + 61 })),
        (invalid, json!({ "iat": now - 1 })),
        (invalid, json!({ "exp": now + 10 * 365 * 86_400 })),
        (invalid, json!({ "exp": 32_503_680_000_i64 })),
        (invalid, json!({ "iat": i64::MIN, "exp": i64::MAX })),
        // Valid for no time at all.
        (invalid, json!({ "exp": now })),
        (invalid, json!({ "exp": now - 5 })),
        (expired, json!({ "iat": now - 66, "exp": now - 6 })),
        (expired, json!({ "iat": 0, "exp": 60 })),
        (future, json!({ "iat": now + 6, "exp": now + 66 })),
        (future, json!({ "iat": i64::MAX, "exp": i64::MAX })),
        (future, json!({ "nbf": now + 6 })),
        (future, json!({ "nbf": i64::MAX })),
        (invalid, json!({ "nbf": "now" })),
    ];
    for (reason, stated) in bad {
        let status = rejected(&shop.with_credential(Some(stating(&stated)))).await;
        assert_eq!(failure(&status), (Code::Unauthenticated, reason.into()), "{stated}");
    }
    assert!(shop.domain.calls().list().iter().all(|call| call.subject.is_empty()));
}

#[tokio::test]
async fn a_token_of_another_type_or_with_extensions_that_matter_is_rejected() {
    let shop = Shop::open().await;
    let plain = Header::new(Algorithm::HS256);
    let of_type = |typ: Option<&str>| Header { typ: typ.map(str::to_owned), ..plain.clone() };
    let critical = |names: &[&str]| {
        let crit = Some(names.iter().map(|&name| name.to_owned()).collect());
        Header { crit, ..plain.clone() }
    };
    for header in [
        of_type(None),
        of_type(Some("")),
        of_type(Some("at+jwt")),
        of_type(Some("secevent+jwt")),
        critical(&[]),
        critical(&["exp"]),
        critical(&["b64"]),
        critical(&["of-tomorrow"]),
        Header { alg: Algorithm::HS512, ..plain.clone() },
    ] {
        let status = rejected(&shop.with_credential(Some(signed(&header, &json!(claims()))))).await;
        assert_eq!(failure(&status), (Code::Unauthenticated, "CREDENTIAL_INVALID".into()), "{header:?}");
    }
    accepted(&shop.with_credential(Some(signed(&plain, &json!(claims()))))).await.unwrap();
}

#[tokio::test]
async fn a_credential_holds_for_its_minute_and_five_seconds_before_and_after() {
    let shop = Shop::open().await;
    let now = now().as_second();
    for stated in [
        json!({}),
        json!({ "exp": now + 1 }),
        json!({ "iat": now - 59, "exp": now + 1 }),
        json!({ "iat": now - 65, "exp": now - 5 }),
        json!({ "iat": now + 5, "exp": now + 65 }),
        json!({ "nbf": now - 1_000 }),
        json!({ "nbf": now + 5 }),
        json!({ "sub": ADA, "actor": "user" }),
        json!({ "sub": "shelf-0001", "actor": "device" }),
    ] {
        let outcome = accepted(&shop.with_credential(Some(stating(&stated)))).await;
        assert!(outcome.is_ok(), "{stated}: {outcome:?}");
    }
}

#[tokio::test]
async fn the_bffs_of_the_shop_are_known_unless_others_are_told() {
    let shop = Shop::open().await;
    let other = Options { issuers: vec!["bff-other".into()], ..options() };
    let other = Shop::serve(Domain::open(other).unwrap(), Services::all()).await;
    let of = |shop: &Shop, issuer: &str| shop.with_credential(Some(stating(&json!({ "iss": issuer }))));
    for issuer in ISSUERS {
        accepted(&of(&shop, issuer)).await.unwrap();
        let status = rejected(&of(&other, issuer)).await;
        assert_eq!(failure(&status).1, "CREDENTIAL_ISSUER_UNKNOWN");
        assert!(status.message().contains(issuer) && status.message().contains("bff-other"), "{status:?}");
    }
    accepted(&of(&other, "bff-other")).await.unwrap();
}

#[tokio::test]
async fn every_service_requires_a_credential() {
    let shop = Shop::open().await;
    let clients = shop.with_credential(None);
    let statuses = [
        clients.catalog().list_categories(ListCategoriesRequest::default()).await.unwrap_err(),
        clients.pricing().batch_get_prices(BatchGetPricesRequest::default()).await.unwrap_err(),
        clients.inventory().batch_get_stock(BatchGetStockRequest::default()).await.unwrap_err(),
        clients.reviews().batch_get_ratings(BatchGetRatingsRequest::default()).await.unwrap_err(),
        clients.notifications().list_notifications(ListNotificationsRequest::default()).await.unwrap_err(),
        clients.telemetry().get_device(GetDeviceRequest::default()).await.unwrap_err(),
        clients.recommendations().batch_list_related(BatchListRelatedRequest::default()).await.unwrap_err(),
        clients.analytics().record_events(RecordEventsRequest::default()).await.unwrap_err(),
    ];
    for status in statuses {
        assert_eq!(failure(&status), (Code::Unauthenticated, "CREDENTIAL_MISSING".into()));
    }
}

async fn accepted(clients: &Clients) -> Result<(), Status> {
    clients.catalog().list_categories(ListCategoriesRequest::default()).await.map(|_| ())
}

async fn rejected(clients: &Clients) -> Status {
    accepted(clients).await.unwrap_err()
}

/// A credential with some claims of [`claims`] changed, or left out where they are null.
fn stating(changes: &Value) -> String {
    let mut claims = json!(claims());
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    signed(&Header::new(Algorithm::HS256), &claims)
}

fn signed(header: &Header, claims: &Value) -> String {
    let key = EncodingKey::from_secret(KEY.as_bytes());
    format!("Bearer {}", jsonwebtoken::encode(header, claims, &key).unwrap())
}

/// A token whose header states that it has no signature.
fn unsigned() -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    format!("Bearer {header}.{}.", URL_SAFE_NO_PAD.encode(json!(claims()).to_string()))
}
