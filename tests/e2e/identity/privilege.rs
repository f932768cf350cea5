//! A BFF may call the RPCs of its plans and no others, whoever has taken it over.

use std::collections::BTreeSet;

use http::StatusCode;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::Value;
use tonic::transport::Endpoint;
use tonic::{Code, Request};

use super::provided::Provided;
use crate::support::{ADA, Kind, Shop, contracts, preparer};

/// The RPCs that the services let a BFF call.
fn permitted(kind: Kind) -> BTreeSet<String> {
    let text = std::fs::read_to_string(contracts(kind).access_path()).unwrap();
    let filter: Value = serde_json::from_str(&text).unwrap();
    let policy = &filter["rules"]["policies"][format!("bff-{kind}")];
    let rpcs = policy["permissions"].as_array().unwrap().iter();
    rpcs.map(|it| it["url_path"]["path"]["exact"].as_str().unwrap().trim_start_matches('/').to_owned())
        .collect()
}

#[test]
fn the_list_of_each_bff_is_what_its_plans_name() {
    for kind in Kind::ALL {
        let plans = contracts(kind).planned(&preparer(kind)).unwrap();
        let calls =
            plans.iter().flat_map(|plan| plan.waves.iter().flat_map(|it| &it.calls).chain(&plan.later));
        let planned: BTreeSet<_> = calls.map(|call| call.rpc.clone()).collect();
        let permitted = permitted(kind);
        assert!(planned.is_subset(&permitted), "{kind}: {:?}", planned.difference(&permitted));
        // Releases and streams of changes are more than today's plans name.
        assert!(permitted.len() <= planned.len() + 2, "{kind}: {:?}", permitted.difference(&planned));
    }
    assert!(!permitted(Kind::Iot).iter().any(|rpc| rpc.contains("Order") || rpc.contains("Cart")));
}

/// The credential that a BFF shows to the service of orders in the name of Ada.
fn credential(issuer: &str) -> String {
    let now = jiff::Timestamp::now().as_second();
    let claims = serde_json::json!({ "iss": issuer, "aud": "shop.orders.v1.OrderService", "sub": ADA.1, "actor": "user",
        "iat": now, "exp": now + 60 });
    let key = EncodingKey::from_secret(domain_stubs::credential::DEVELOPMENT_CREDENTIAL_KEY.as_bytes());
    format!("Bearer {}", jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap())
}

#[tokio::test]
async fn a_credential_for_services_signs_nobody_in_at_a_bff() {
    // The provider signs what it gives a BFF as it signs the tokens of phones, and the phones' BFF has the audience of one
    // service: all that is left to tell them apart is whom they were given to.
    let orders = "shop.orders.v1.OrderService";
    let provided =
        Provided::exchanging_with(|config| config.sign_in.audience = Some(orders.to_owned())).await;
    let token = provided.provider.phone_token(ADA.1, "openid");
    let exchanged = format!("Bearer {}", provided.exchanged("bff-mobile", &token, orders).await);
    let shop = provided.shop;
    let query = || serde_json::json!({ "query": "{ __typename }" });
    for (issuer, address) in [("bff-mobile", shop.mobile), ("bff-web", shop.web), ("bff-iot", shop.iot)] {
        for shown in [&credential(issuer), &exchanged] {
            let answer = shop.post(address, query(), &[("authorization", shown)]).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{issuer}: {shown}");
        }
    }
}

#[tokio::test]
async fn a_bff_of_devices_that_was_taken_over_cannot_read_orders() {
    let shop = Shop::open().await;
    let channel = Endpoint::from_shared(format!("http://{}", shop.domain_address)).unwrap();
    let mut orders =
        proto::orders::order_service_client::OrderServiceClient::new(channel.connect().await.unwrap());
    for (issuer, expected) in [("bff-iot", Some(Code::PermissionDenied)), ("bff-web", None)] {
        let mut request =
            Request::new(proto::orders::ListOrdersRequest { page_size: 1, ..Default::default() });
        request.metadata_mut().insert("authorization", credential(issuer).parse().unwrap());
        let code = orders.list_orders(request).await.err().map(|status| status.code());
        assert_eq!(code, expected, "{issuer}");
    }
}
