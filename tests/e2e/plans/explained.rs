//! Explanations of a plan for developers, and the split of the deadline over waves.

use std::time::Duration;

use proto::admin::Fault;
use serde_json::Value;

use crate::support::{ADA, Answer, Kind, Shop, operations, schema_folder};

/// An operation's answer with the explanation that `x-bff-plan` selects.
async fn explained(shop: &Shop, name: &str, header: &str) -> Value {
    let operations = operations();
    let operation = operations.iter().find(|it| it.kind == Kind::Mobile && it.name == name).unwrap();
    let body = operation.body(&operation.full);
    shop.post(shop.mobile, body, &[ADA, ("x-bff-plan", header)]).await.body["extensions"]["plan"].clone()
}

#[tokio::test]
async fn a_developer_is_told_the_plan_and_the_calls() {
    let shop = Shop::open().await;
    let plan = explained(&shop, "Home", "plan").await;
    assert_eq!(plan["operation"], "Home");
    assert_eq!(plan["waves"].as_array().unwrap().len(), 2);
    assert!(plan["failures"].as_array().unwrap().len() > 3, "{plan}");
    assert_eq!(plan["observed"], Value::Null);

    let plan = explained(&shop, "Home", "analyze").await;
    let calls = plan["observed"]["calls"].as_array().unwrap().clone();
    assert_eq!(calls.len() as u64, plan["total"]["calls"].as_u64().unwrap(), "{plan}");
    for call in &calls {
        assert!(call["endUs"].as_u64().unwrap() >= call["startUs"].as_u64().unwrap(), "{call}");
        assert!(call["bytes"].as_u64().unwrap() > 0 && call["keys"].as_u64().unwrap() > 0, "{call}");
        assert_eq!(call["fault"], Value::Null);
    }
    // The keys of the second wave are known only after the first wave has its responses.
    let at = |name: &str, moment: &str| {
        let call = calls.iter().find(|call| call["name"] == name).unwrap();
        call[moment].as_u64().unwrap()
    };
    assert!(at("PriceOf", "startUs") >= at("Recommended", "endUs"), "{plan}");
    assert!(at("ProductById", "startUs") >= at("Recommended", "endUs"), "{plan}");
    assert!(at("PriceOf", "startUs") < at("ProductById", "endUs"), "{plan}");
}

#[tokio::test]
async fn nobody_else_is_told_the_plan() {
    let shop = Shop::with(|config| {
        config.mode = bff_kit::Mode::Production;
        config.credential.key = Some(domain_stubs::credential::DEVELOPMENT_CREDENTIAL_KEY.into());
        config.operations.policy = Some(bff_kit::DocumentPolicy::Open);
    })
    .await;
    let body = serde_json::json!({ "query": "{ categories { name } }" });
    let answer = shop.post(shop.mobile, body, &[("x-bff-plan", "analyze")]).await.whole();
    assert!(answer.body.get("extensions").is_none(), "{}", answer.text);
    assert_eq!(tried(&shop, "{ categories { name } }", &[]).await.status, 404);
    let examples = http::Request::get(format!("http://{}/graphql/examples", shop.mobile));
    assert_eq!(shop.send(examples.body(http_body_util::Full::default()).unwrap()).await.status, 404);
}

/// The answer to a page that asks for the plan of a document.
async fn tried(shop: &Shop, document: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = http::Request::post(format!("http://{}/graphql/plan", shop.mobile));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = serde_json::json!({ "query": document }).to_string();
    shop.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_page_is_told_the_plan_of_a_document_that_is_typed() {
    let shop = Shop::with(|config| {
        config.operations.folder = Some(schema_folder());
        config.server.allowed_origins = vec!["http://localhost:4000".to_owned()];
    })
    .await;
    let plan = tried(&shop, "{ categories { name } }", &[("origin", "http://localhost:4000")]).await;
    assert_eq!((&plan.body["total"]["calls"], &plan.body["client"]), (&1.into(), &"mobile".into()));
    assert_eq!(plan.headers["access-control-allow-origin"], "http://localhost:4000");
    let none = tried(&shop, "{ nonsense }", &[]).await;
    assert!(none.status == 200 && none.body["problems"][0].is_string(), "{}", none.text);
    tried(&shop, "{ categories { name } }", &[("origin", "https://attacker.example")]).await.rejected(403);
    let long = "#".repeat(300_000);
    tried(&shop, &long, &[]).await.rejected(400);

    let examples = http::Request::get(format!("http://{}/graphql/examples", shop.mobile));
    let examples = shop.send(examples.body(http_body_util::Full::default()).unwrap()).await.body;
    assert_eq!((&examples["client"], &examples["problems"]), (&"mobile".into(), &serde_json::json!([])));
    let names: Vec<_> = examples["operations"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert!(names.len() > 12 && names.contains(&&Value::from("Home")), "{names:?}");
}

#[tokio::test]
async fn deviations_are_counted_in_the_metrics() {
    let shop = Shop::open().await;
    shop.query(Kind::Mobile, "{ home { name cartCount } }").await.whole();
    let request = http::Request::get(format!("http://{}/metrics", shop.mobile));
    let metrics = shop.send(request.body(http_body_util::Full::default()).unwrap()).await;
    assert!(metrics.text.contains("\nbff_plan_violations_total 0\n"), "{}", metrics.text);
}

#[tokio::test]
async fn the_deadline_is_split_over_the_waves() {
    // The deadline is less than the timeouts of both waves: the first has to leave the second its share.
    let shop = Shop::with(|config| config.server.deadline_ms = Some(600)).await;
    let rpc = "shop.recommendations.v1.RecommendationService/ListRecommendations".to_owned();
    shop.fail(Fault { rpc: rpc.clone(), black_hole: true, ..Fault::default() });
    let answer = shop.query(Kind::Mobile, "{ home { recommended { price { text } } } }").await;
    assert_eq!(answer.degraded(), ["home.recommended: UPSTREAM_TIMEOUT of RecommendationService ×1"]);
    let calls = shop.domain.calls().list();
    let allowed = |calls: &[proto::admin::Call], rpc: &str| {
        let call = calls.iter().find(|call| call.rpc == rpc).unwrap();
        Duration::try_from(call.deadline.unwrap()).unwrap().as_millis()
    };
    // The first wave's share is a third: 400 ms of 1,200 ms in all.
    assert!((1..=200).contains(&allowed(&calls, &rpc)), "{} ms", allowed(&calls, &rpc));
}

#[tokio::test]
async fn an_optional_call_that_can_no_longer_finish_is_not_started() {
    // After the list, at most 30 ms are left, while a call for stock may take 400 ms.
    let shop = Shop::with(|config| config.server.deadline_ms = Some(150)).await;
    let latency = Some(prost_types::Duration { seconds: 0, nanos: 125_000_000 });
    let rpc = "shop.catalog.v1.CatalogService/ListProducts".to_owned();
    // The list takes nearly all of the time, however large the share of the first wave is.
    shop.fail(Fault { rpc, latency, ..Fault::default() });
    let answer = shop.query(Kind::Mobile, "{ products(first: 2) { items { name inStock } } }").await;
    let rpcs: Vec<_> = shop.domain.calls().list().into_iter().map(|call| call.rpc).collect();
    assert_eq!(rpcs, ["shop.catalog.v1.CatalogService/ListProducts"], "{}", answer.text);
}
