//! Several requests in one array.

use serde_json::{Value, json};

use crate::support::{ADA, Shop};

fn request(query: &str) -> Value {
    json!({ "query": query })
}

async fn taking(max_batch: usize) -> Shop {
    Shop::with(|config| config.server.max_batch = max_batch).await
}

#[tokio::test]
async fn arrays_are_rejected_unless_the_configuration_allows_them() {
    let shop = Shop::open().await;
    for body in [json!([]), json!([request("{ __typename }")])] {
        let answer = shop.post(shop.mobile, body, &[]).await;
        answer.rejected(400);
        assert!(answer.text.contains("arrays of requests are not taken"), "{}", answer.text);
    }
}

#[tokio::test]
async fn each_request_of_a_batch_is_answered_for_itself_and_in_order() {
    let shop = taking(6).await;
    let batch = json!([
        request("{ cart { count } }"),
        request("{ nothing }"),
        request("{"),
        7,
        { "query": "query A { a: __typename } query B { b: __typename }", "operationName": "B" },
        { "query": "{ __typename }", "variables": [] },
    ]);
    let answer = shop.post(shop.mobile, batch, &[ADA]).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    let answers = answer.body.as_array().unwrap();
    let shown: Vec<String> = answers
        .iter()
        .map(|one| match one.get("data") {
            Some(data) => data.to_string(),
            None => one["errors"][0]["extensions"]["code"].to_string(),
        })
        .collect();
    assert_eq!(
        shown,
        [
            "{\"cart\":{\"count\":4}}",
            "\"GRAPHQL_VALIDATION_FAILED\"",
            "\"GRAPHQL_PARSE_FAILED\"",
            "\"BAD_REQUEST\"",
            "{\"b\":\"Query\"}",
            "\"BAD_REQUEST\"",
        ]
    );
}

#[tokio::test]
async fn a_batch_has_a_bound_and_shares_the_limits_of_one_request() {
    let shop = taking(3).await;
    let many = |count| Value::Array(vec![request("{ __typename }"); count]);
    for (body, status) in [(many(0), 400), (many(3), 200), (many(4), 400), (many(1_000), 413)] {
        let answer = shop.post(shop.iot, body, &[]).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        if status != 200 {
            answer.rejected(status);
        }
    }
    // A nested array is not a request.
    let nested = shop.post(shop.iot, json!([[request("{ __typename }")]]), &[]).await;
    assert_eq!(nested.body[0]["errors"][0]["extensions"]["code"], "BAD_REQUEST", "{}", nested.text);
}

#[tokio::test]
async fn a_batch_takes_no_idempotency_key_in_its_header() {
    let shop = taking(2).await;
    let batch = json!([request("{ __typename }"), request("{ __typename }")]);
    let answer = shop.post(shop.web, batch, &[ADA, ("idempotency-key", "one-for-all")]).await;
    answer.rejected(400);
    assert!(answer.text.contains("An idempotency key stands for one request"), "{}", answer.text);
}
