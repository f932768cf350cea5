//! Nobody gets in without a credential that holds.

use domain_stubs::credential::{AUDIENCE, Claims, DEVELOPMENT_CREDENTIAL_KEY};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proto::{
    analytics::RecordEventsRequest, catalog::ListCategoriesRequest, inventory::BatchGetStockRequest,
    notifications::ListNotificationsRequest, pricing::BatchGetPricesRequest,
    recommendations::BatchListRelatedRequest, reviews::BatchGetRatingsRequest, telemetry::GetDeviceRequest,
};
use tonic::Code;

use crate::shop::{Shop, claims, now, refusal, sign};

const KEY: &str = DEVELOPMENT_CREDENTIAL_KEY;

#[tokio::test]
async fn what_is_no_credential_of_the_shop_is_refused() {
    let shop = Shop::open().await;
    let good = sign(&claims(), KEY);
    let token = good.strip_prefix("Bearer ").unwrap();
    let bad = [
        ("CREDENTIAL_MISSING", None),
        ("CREDENTIAL_INVALID", Some(String::new())),
        ("CREDENTIAL_INVALID", Some(token.to_owned())),
        ("CREDENTIAL_INVALID", Some(format!("Basic {token}"))),
        ("CREDENTIAL_INVALID", Some("Bearer nonsense".into())),
        ("CREDENTIAL_INVALID", Some(good[..good.len() - 4].to_owned())),
        ("CREDENTIAL_INVALID", Some(sign(&claims(), "another key"))),
        ("CREDENTIAL_INVALID", Some(sign(&Claims { aud: "bff-mobile".into(), ..claims() }, KEY))),
        ("CREDENTIAL_INVALID", Some(unsigned())),
        ("CREDENTIAL_INVALID", Some(with_claims(r#"{"iss":"x","aud":"shop","iat":0}"#))),
        ("CREDENTIAL_INVALID", Some(with_claims(r#"{"aud":"shop","iat":0,"exp":9999999999}"#))),
        (
            "CREDENTIAL_INVALID",
            Some(with_claims(
                r#"{"iss":"x","aud":"shop","iat":0,"exp":9999999999,"sub":"a","actor":"admin"}"#,
            )),
        ),
        ("CREDENTIAL_EXPIRED", Some(expiring(-6))),
    ];
    for (reason, credential) in bad {
        let mut catalog = shop.with_credential(credential.clone()).catalog();
        let status = catalog.list_categories(ListCategoriesRequest::default()).await.unwrap_err();
        assert_eq!(refusal(&status), (Code::Unauthenticated, reason.into()), "{credential:?}");
    }
}

#[tokio::test]
async fn a_credential_holds_five_seconds_longer_than_it_says() {
    let shop = Shop::open().await;
    let mut catalog = shop.with_credential(Some(expiring(-5))).catalog();
    catalog.list_categories(ListCategoriesRequest::default()).await.unwrap();
}

#[tokio::test]
async fn every_service_asks_for_a_credential() {
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
        assert_eq!(refusal(&status), (Code::Unauthenticated, "CREDENTIAL_MISSING".into()));
    }
}

fn expiring(seconds_from_now: i64) -> String {
    sign(&Claims { exp: now().as_second() + seconds_from_now, ..claims() }, KEY)
}

fn with_claims(claims: &str) -> String {
    let claims: serde_json::Value = serde_json::from_str(claims).unwrap();
    let key = EncodingKey::from_secret(KEY.as_bytes());
    format!("Bearer {}", jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap())
}

/// A token that says of itself that it needs no signature.
fn unsigned() -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let claims = format!(r#"{{"iss":"x","aud":"{AUDIENCE}","iat":0,"exp":9999999999}}"#);
    format!("Bearer {header}.{}.", URL_SAFE_NO_PAD.encode(claims))
}
