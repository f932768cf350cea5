//! Four ways to name an operation, each with its outcomes: known, unknown, invalid, changed, flooded.

mod forty;
mod released;
mod reloaded;
mod spelt;

use std::fs;
use std::path::Path;
use std::time::Duration;

use bff_kit::DocumentPolicy;
use bff_kit::host::config::Config;
use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use operation::document_hash;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{
    ADA, Answer, Kind, Shop, contracts, copied_schema, percent_encoded, product_id, schema_folder,
};

/// A way to name an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `documentId` with the hash of a registered document.
    DocumentId,
    /// `extensions.persistedQuery`, as Apollo's clients send it.
    Persisted,
    /// The last segment of the path.
    Path,
    /// `documentId` with the short id of a device.
    Short,
}

const FORMS: [Form; 4] = [Form::DocumentId, Form::Persisted, Form::Path, Form::Short];

impl Form {
    fn client(self) -> Kind {
        match self {
            Self::DocumentId | Self::Path => Kind::Mobile,
            Self::Persisted => Kind::Web,
            Self::Short => Kind::Iot,
        }
    }

    /// The id that a document of the client's last release has in this form, and the document.
    fn registered(self, name: &str) -> (String, String) {
        let releases = contracts(self.client()).releases().unwrap();
        let mut operations = releases.into_iter().rev().flat_map(|release| release.operations);
        let found = operations.find(|it| it.name == name).unwrap_or_else(|| panic!("{name} is not released"));
        let id = if self == Self::Short { found.id } else { document_hash(&found.text) };
        (id, found.text)
    }

    /// A registered query of the client: its id, its text and its variables.
    fn query(self) -> (String, String, Value) {
        let (name, variables) = match self.client() {
            Kind::Mobile => ("Product", json!({ "id": product_id("kettle-gooseneck-09") })),
            Kind::Web => ("ProductPage", json!({ "id": product_id("kettle-gooseneck-09") })),
            Kind::Iot => ("Stock", json!({ "p": product_id("kettle-gooseneck-09") })),
        };
        let (id, text) = self.registered(name);
        (id, text, variables)
    }

    fn mutation(self) -> String {
        let name = match self.client() {
            Kind::Mobile | Kind::Web => "CartAdd",
            Kind::Iot => "Send",
        };
        self.registered(name).0
    }

    /// The request for an operation by its id.
    fn request(self, shop: &Shop, id: &str, more: &Value, by_get: bool) -> Request<Full<Bytes>> {
        let mut parameters = more.clone();
        match self {
            Self::Path => {}
            Self::Persisted => {
                let hash = json!({ "version": 1, "sha256Hash": id });
                parameters["extensions"]["persistedQuery"] = hash;
            }
            Self::DocumentId | Self::Short => parameters["documentId"] = json!(id),
        }
        send(shop, self.client(), if self == Self::Path { id } else { "" }, &parameters, by_get)
    }
}

/// A request with these parameters, to `/graphql` or to the path of an operation.
fn send(shop: &Shop, kind: Kind, id: &str, parameters: &Value, by_get: bool) -> Request<Full<Bytes>> {
    let path = if id.is_empty() { "graphql".to_owned() } else { format!("graphql/o/{id}") };
    let address = shop.address(kind);
    let who = if kind == Kind::Iot { ("x-device-id", "shelf-0001") } else { ADA };
    let request = Request::builder().header(who.0, who.1).header(header::ACCEPT, "application/json");
    if !by_get {
        let request = request.method("POST").uri(format!("http://{address}/{path}"));
        let request = request.header(header::CONTENT_TYPE, "application/json");
        return request.body(Full::from(parameters.to_string())).unwrap();
    }
    let pairs = parameters.as_object().unwrap().iter().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={}", percent_encoded(&text))
    });
    let query = pairs.collect::<Vec<_>>().join("&");
    request.uri(format!("http://{address}/{path}?{query}")).body(Full::default()).unwrap()
}

/// A shop whose phones and devices may send registered operations alone, while the web shop accepts all.
async fn shop(schema: &Path) -> Shop {
    let schema = schema.to_owned();
    Shop::with(move |config| {
        config.operations.folder = Some(schema.clone());
        config.operations.reload_ms = 20;
        config.operations.policy = None;
    })
    .await
}

/// The policy that each client has in production, without the rest of production.
fn own_policies(config: &mut Config, kind: Kind) {
    config.operations.policy = Some(kind.client().operations().policy);
}

#[track_caller]
fn code(answer: &Answer) -> (u16, &str) {
    assert!(answer.body.get("data").is_none(), "{}", answer.text);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{}", answer.text);
    (answer.status.as_u16(), answer.body["errors"][0]["extensions"]["code"].as_str().unwrap())
}

/// Repeats a request until its answer meets a condition, because a change in a folder is seen with a delay.
async fn until(
    shop: &Shop,
    request: impl Fn() -> Request<Full<Bytes>>,
    good: impl Fn(&Answer) -> bool,
) -> Answer {
    let start = Instant::now();
    loop {
        let answer = shop.send(request()).await;
        if good(&answer) {
            return answer;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "still {}", answer.text);
    }
}

#[tokio::test]
async fn an_id_is_sent_by_post_or_get_and_spelt_in_its_ways_alone() {
    let schema = schema_folder();
    let shop = Shop::per_client(|config, kind| {
        config.operations.folder = Some(schema.clone());
        own_policies(config, kind);
    })
    .await;
    for form in FORMS {
        let (id, _, variables) = form.query();
        let with = json!({ "variables": variables });
        let run =
            async |id: &str, more: &Value, by_get| shop.send(form.request(&shop, id, more, by_get)).await;
        let hit = run(&id, &with, false).await.whole();
        assert_eq!(run(&id, &with, true).await.whole().text, hit.text, "{form:?}");

        let upper = run(&id.to_uppercase(), &with, false).await;
        if form == Form::Persisted {
            assert_eq!(code(&upper), (400, "BAD_REQUEST"));
        } else {
            for wrong in [format!("0{id}"), id.to_uppercase() + "A"] {
                let answer = run(&wrong, &with, false).await;
                assert_eq!(code(&answer), (404, "PERSISTED_QUERY_NOT_IN_LIST"), "{form:?} {wrong}");
            }
        }
        if matches!(form, Form::DocumentId | Form::Path) {
            let prefixed = run(&format!("sha256:{id}"), &with, false).await.whole();
            assert_eq!(prefixed.text, hit.text);
        }

        shop.domain.calls().clear();
        let change = run(&form.mutation(), &json!({}), true).await;
        assert_eq!(code(&change), (405, "BAD_REQUEST"), "{form:?}");
        assert_eq!(change.headers[header::ALLOW], "POST");
        assert_eq!(shop.domain.calls().list().len(), 0, "{form:?}");
    }
}

/// A request for the metrics of a server.
fn metrics(shop: &Shop, kind: Kind) -> Request<Full<Bytes>> {
    Request::get(format!("http://{}/metrics", shop.address(kind))).body(Full::default()).unwrap()
}

/// Number of manifest loads that succeeded, and of those that failed.
fn loads(metrics: &Answer) -> [u64; 2] {
    ["taken", "refused"].map(|result| {
        let name = format!("bff_manifest_loads_total{{result=\"{result}\"}} ");
        let line = metrics.text.lines().find_map(|line| line.strip_prefix(&name));
        line.unwrap_or_else(|| panic!("{name}: {}", metrics.text)).parse().unwrap()
    })
}

#[tokio::test]
async fn a_document_is_kept_once_it_was_sent_if_it_is_valid() {
    let shop = shop(&schema_folder()).await;
    let by_hash =
        |text: &str, more: &Value| Form::Persisted.request(&shop, &document_hash(text), more, false);
    let text = "query Mine($n: Int = 1) { products(first: $n) { totalCount } }";
    assert_eq!(code(&shop.send(by_hash(text, &json!({}))).await), (200, "PERSISTED_QUERY_NOT_FOUND"));
    let sent = shop.send(by_hash(text, &json!({ "query": text }))).await.whole();
    let again = shop.send(by_hash(text, &json!({ "variables": { "n": 2 } }))).await.whole();
    assert_eq!(again.text, sent.text);
    // Another operation of the same kept document can be run.
    let two = "query A { a: __typename } query B { b: __typename }";
    shop.send(by_hash(two, &json!({ "query": two, "operationName": "A" }))).await.whole();
    let other = shop.send(by_hash(two, &json!({ "operationName": "B" }))).await.whole();
    assert_eq!(other.text, "{\"data\":{\"b\":\"Query\"}}");

    for invalid in ["query Bad { nothing }", "query Bad {"] {
        let answer = shop.send(by_hash(invalid, &json!({ "query": invalid }))).await;
        assert!(answer.body["errors"][0]["extensions"]["code"].as_str().unwrap().starts_with("GRAPHQL_"));
        let answer = shop.send(by_hash(invalid, &json!({}))).await;
        assert_eq!(code(&answer), (200, "PERSISTED_QUERY_NOT_FOUND"), "not kept");
    }
}

#[tokio::test]
async fn a_team_tightens_step_by_step() {
    let schema = schema_folder();
    let unknown = json!({ "query": "query Free { __typename }" });
    let (_, registered, variables) = Form::DocumentId.query();
    let registered = json!({ "query": registered, "variables": variables });
    for policy in [DocumentPolicy::Open, DocumentPolicy::Log, DocumentPolicy::Registered] {
        let shop = Shop::with(|config| {
            config.operations.folder = Some(schema.clone());
            config.operations.policy = Some(policy);
        })
        .await;
        shop.send(send(&shop, Kind::Mobile, "", &registered, false)).await.whole();
        let mut rejected = 0;
        for number in 0..1_000 {
            if number > 0 && policy != DocumentPolicy::Registered {
                break;
            }
            let answer = shop.send(send(&shop, Kind::Mobile, "", &unknown, number % 2 == 1)).await;
            if answer.body.get("data").is_none() {
                assert_eq!(code(&answer), (403, "QUERY_NOT_IN_SAFELIST"));
                rejected += 1;
            }
        }
        assert_eq!(rejected, if policy == DocumentPolicy::Registered { 1_000 } else { 0 });
        let metrics = shop.send(metrics(&shop, Kind::Mobile)).await.text;
        let logged = u8::from(policy == DocumentPolicy::Log);
        assert!(metrics.contains(&format!("bff_unregistered_operations_total {logged}\n")), "{metrics}");
    }
}

#[tokio::test]
async fn variables_that_do_not_fit_are_errors_of_the_request() {
    let shop = shop(&schema_folder()).await;
    let (id, text, _) = Form::DocumentId.query();
    for parameters in [json!({ "documentId": id }), json!({ "query": text })] {
        for (variables, message) in [
            (json!({}), "Variable \"$id\" of required type ID! was not provided."),
            (json!({ "id": null }), "Variable \"$id\" of type ID! must not be null."),
            (json!({ "id": ["x"] }), "Variable \"$id\" expected a value of type ID, not a list."),
            (
                json!({ "id": "x", "reviews": 2_147_483_648_u64 }),
                "Variable \"$reviews\" expected an Int of 32 bits, not 2147483648.",
            ),
        ] {
            let mut parameters = parameters.clone();
            parameters["variables"] = variables;
            let answer = shop.send(send(&shop, Kind::Mobile, "", &parameters, false)).await;
            assert_eq!(code(&answer), (200, "BAD_USER_INPUT"));
            assert_eq!(answer.body["errors"][0]["message"], message);
            let at = &answer.body["errors"][0]["extensions"]["violations"][0]["field"];
            assert!(message.contains(&format!("\"${}\"", at.as_str().unwrap())), "{at}");
            let modern = shop.post(shop.mobile, parameters, &[ADA]).await;
            assert_eq!(code(&modern), (400, "BAD_USER_INPUT"));
        }
    }
    // An omitted variable stays omitted, also within an object: it is not null.
    let language = "mutation($l: String, $key: String!) {
        preferencesUpdate(input: { idempotencyKey: $key, language: $l, newsletter: true }) { userErrors { code } } }";
    let parameters = json!({ "query": language, "variables": { "key": "left-out-1" } });
    let answer = shop.send(send(&shop, Kind::Web, "", &parameters, false)).await;
    assert!(answer.body.get("errors").is_none(), "{}", answer.text);
    let unknown = language.replace("newsletter: true", "currency: \"EUR\"");
    let parameters = json!({ "query": unknown, "variables": { "key": "left-out-2" } });
    let answer = shop.send(send(&shop, Kind::Web, "", &parameters, false)).await;
    assert_eq!(code(&answer), (200, "GRAPHQL_VALIDATION_FAILED"));
}
