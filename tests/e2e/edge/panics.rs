//! Resolvers that panic, and resolvers whose errors must not reach the client.

use async_graphql::Object;
use bff_kit::AnyClient;
use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::support::{Pipe, Plain};

#[derive(Default)]
struct Query;

impl bff_kit::program::Shown for Query {}

#[Object]
impl Query {
    async fn fine(&self) -> bool {
        true
    }

    async fn broken(&self) -> Option<bool> {
        Some("no boolean".parse().expect("the secret of the house"))
    }

    async fn worded(&self) -> Option<async_graphql::Result<bool>> {
        Some(Err("the secret of the house".into()))
    }

    async fn foreign(&self) -> Option<async_graphql::Result<bool>> {
        Some(Err(std::io::Error::other("the secret of the house").into()))
    }

    async fn few(&self, #[graphql(validator(maximum = 3))] count: i32) -> Option<i32> {
        Some(count)
    }
}

fn request(body: &Value, accept: &str) -> Request<Full<Bytes>> {
    Request::post("/graphql")
        .header(header::HOST, "bff")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, accept)
        .body(Full::from(body.to_string()))
        .unwrap()
}

#[tokio::test]
async fn a_panic_is_one_masked_error_and_the_connection_lives() {
    let pipe = Pipe::with(
        AnyClient::of::<Plain<Query>>(),
        |config| config.server.max_batch = 3,
        std::future::pending(),
    );
    let mut connection = pipe.http1().await;
    for accept in ["application/json", "application/graphql-response+json"] {
        for query in ["{ broken }", "{ fine broken }"] {
            let answer = connection.send(request(&json!({ "query": query }), accept)).await;
            answer.rejected(500);
            assert_eq!(answer.errors(), [": INTERNAL_SERVER_ERROR"]);
            assert!(!answer.text.contains("secret"), "{}", answer.text);
        }
        let fine = connection.send(request(&json!({ "query": "{ fine }" }), accept)).await.whole();
        assert_eq!(fine.text, "{\"data\":{\"fine\":true}}");
    }
    let batch = json!([{ "query": "{ fine }" }, { "query": "{ broken }" }, { "query": "{ fine }" }]);
    let answer = connection.send(request(&batch, "*/*")).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    assert_eq!(answer.body[0], json!({ "data": { "fine": true } }));
    assert_eq!(answer.body[1]["errors"][0]["extensions"]["code"], "INTERNAL_SERVER_ERROR");
    assert_eq!(answer.body[2], json!({ "data": { "fine": true } }));
}

#[tokio::test]
async fn an_error_that_nobody_made_for_clients_is_masked() {
    let pipe = Pipe::open(AnyClient::of::<Plain<Query>>());
    for field in ["worded", "foreign"] {
        let answer = pipe.query(&format!("{{ {field} fine }}")).await;
        assert_eq!(answer.errors(), [format!("{field}: INTERNAL_SERVER_ERROR")]);
        assert_eq!(answer.body["data"], json!({ field: null, "fine": true }));
        assert!(!answer.text.contains("secret"), "{}", answer.text);
    }
    // The schema's own message about an argument is shown to the client.
    let answer = pipe.query("{ few(count: 4) }").await;
    assert_eq!(answer.errors(), ["few: BAD_USER_INPUT"]);
}
