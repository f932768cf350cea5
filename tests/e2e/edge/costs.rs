//! Cost limits of documents: hostile documents are rejected at once, shipped ones have room.

use std::time::Duration;

use bff_kit::Mode;
use bff_kit::host::config::Config;
use bff_kit::{DocumentPolicy, Limits};
use cpu_time::ThreadTime;
use http::{Request, StatusCode};
use http_body_util::Full;
use operation::Limit;
use operation::Preparer;
use serde_json::json;

use super::growth::{growth, per_run};
use super::hostile::{CORPUS, Make};
use crate::support::{Answer, Kind, Pipe, Shop, operations};

/// A production server that accepts any document that fits its schema.
fn production() -> Config {
    let mut config = Config::development();
    config.mode = Mode::Production;
    config.credential.key = Some("a key of this test's own".into());
    config.operations.policy = Some(DocumentPolicy::Open);
    config
}

fn pipe(kind: Kind, config: Config) -> Pipe {
    let configure = |of: &mut Config| {
        let public_origins = std::mem::take(&mut of.server.public_origins);
        *of = config;
        of.server.public_origins = public_origins;
    };
    Pipe::with(kind.client(), configure, std::future::pending())
}

fn preparer(kind: Kind, config: &Config) -> Preparer {
    bff_kit::host::server_preparer(kind.client(), config)
}

fn limits(kind: Kind) -> Limits {
    kind.client().limits()
}

/// CPU time until a document is rejected or ready to run: the best of several runs, since others use the machine too.
fn best(preparer: &Preparer, document: &str, under: Duration, runs: usize) -> Duration {
    let mut best = Duration::MAX;
    for run in 0..runs {
        let start = ThreadTime::now();
        drop(std::hint::black_box(preparer.plan(document)));
        best = best.min(start.elapsed());
        if run >= 4 && best < under {
            break;
        }
    }
    best
}

const KILOBYTES: [usize; 4] = [1, 4, 16, 64];

#[test]
fn hostile_documents_are_rejected_or_ready_within_ten_milliseconds() {
    assert!(CORPUS.len() >= 60, "{}", CORPUS.len());
    for kind in Kind::ALL {
        let preparer = preparer(kind, &production());
        for (name, make) in CORPUS {
            // A longer document is not read.
            let document = make(limits(kind).body_bytes);
            let limit = Duration::from_millis(10);
            let took = best(&preparer, &document, limit, 200);
            assert!(took < limit, "{kind}, {}: {took:?} for {} bytes", name, document.len());
        }
    }
}

/// Documents of the corpus whose time grows faster than their length.
fn that_grow(preparer: &Preparer) -> Vec<String> {
    let measure = |make: Make| {
        let points = KILOBYTES.map(|kilobytes| {
            let document = make(kilobytes * 1024);
            (document.len(), per_run(|| drop(std::hint::black_box(preparer.plan(&document)))))
        });
        (growth(&points), points)
    };
    let grow = CORPUS.iter().filter_map(|(name, make)| {
        // The measurement is repeated if the machine was busy with something else, such as the tests that put load on
        // servers: memory and caches are shared.
        let mut tries = (0..10).map(|_| measure(*make)).skip_while(|(exponent, _)| *exponent > 1.2);
        tries.next().is_none().then(|| format!("{name}: {:?}", measure(*make)))
    });
    grow.collect()
}

#[test]
fn the_time_a_document_takes_grows_no_faster_than_its_length() {
    assert_eq!(that_grow(&preparer(Kind::Web, &production())), [""; 0]);
}

#[test]
fn nor_does_it_while_limits_are_only_reported() {
    let mut config = production();
    config.limits.report_only = Limit::ALL.to_vec();
    assert_eq!(that_grow(&preparer(Kind::Web, &config)), [""; 0]);
}

#[tokio::test]
async fn answers_to_hostile_documents_are_short() {
    let pipe = pipe(Kind::Web, production());
    let mut rejected = 0;
    for (name, make) in CORPUS {
        let answer = pipe.query(&make(9_000)).await;
        if answer.body.get("data").is_some() {
            assert_eq!(answer.status, StatusCode::OK, "{name}");
            continue;
        }
        rejected += 1;
        assert!(matches!(answer.status.as_u16(), 400 | 413), "{}: {}", name, answer.text);
        let errors = answer.body["errors"].as_array().unwrap();
        assert!((1..=10).contains(&errors.len()), "{}: {}", name, answer.text);
        assert!(answer.text.len() <= 4_096, "{}: {} bytes", name, answer.text.len());
    }
    assert!(rejected >= 60, "{rejected}");
}

#[tokio::test]
async fn ten_thousand_errors_are_ten() {
    let configure = |config: &mut Config| config.limits.report_only = Limit::ALL.to_vec();
    let pipe = Pipe::with(bff_web::client(), configure, std::future::pending());
    let many = |unit: fn(usize) -> String| (0..9_999).map(unit).collect::<String>();
    for document in [
        format!("{{ viewer {{ id {} }} }}", many(|n| format!("@d{n}"))),
        format!("query {} {{ viewer {{ id }} }}", many(|n| format!("@d{n}"))),
        format!("{{ {} }}", many(|n| format!("f{n} "))),
        format!("{{ {} }}", "x".repeat(60_000)),
        format!("{{ a(b: \"{}", "x".repeat(60_000)),
    ] {
        let answer = pipe.query(&document).await;
        let shown = &document[..40];
        answer.rejected(400);
        assert!(answer.body["errors"].as_array().unwrap().len() <= 10, "{shown}");
        assert!(answer.text.len() <= 4_096, "{shown}: {} bytes", answer.text.len());
    }
}

#[test]
fn shipped_operations_use_no_more_than_half_of_their_limits() {
    for kind in Kind::ALL {
        let own = limits(kind);
        let mut config = production();
        config.limits.tokens = Some(own.tokens / 2);
        config.limits.selections = Some(own.selections / 2);
        config.limits.aliases = Some(own.aliases / 2);
        config.limits.root_fields = Some(own.root_fields / 2);
        config.limits.directives = Some(own.directives / 2);
        let preparer = preparer(kind, &config);
        for operation in operations().into_iter().filter(|it| it.kind == kind) {
            if let Err(none) = preparer.plan(&operation.text) {
                panic!("{kind} {}: {none}", operation.name);
            }
        }
    }
}

/// The introspection query as tools send it, which is longer than any operation of a client.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { queryType { name } mutationType { name }
    subscriptionType { name } types { ...FullType }
    directives { name description locations args { ...InputValue } } } }
    fragment FullType on __Type { kind name description
        fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef }
            isDeprecated deprecationReason }
        inputFields { ...InputValue } interfaces { ...TypeRef }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
        possibleTypes { ...TypeRef } }
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name } } } } } } } } } }";

/// A query for a field whose name is close to one of the client's.
fn near_miss(kind: Kind) -> &'static str {
    match kind {
        Kind::Mobile => "{ hom }",
        Kind::Web => "{ viewe }",
        Kind::Iot => "{ devic }",
    }
}

#[tokio::test]
async fn introspection_runs_in_development_alone() {
    for kind in Kind::ALL {
        let pipe = pipe(kind, Config::development());
        let answer = pipe.query(INTROSPECTION).await.whole();
        assert!(answer.data("/__schema/types").as_array().unwrap().len() > 10);
        let answer = pipe.query(near_miss(kind)).await;
        answer.rejected(400);
        assert!(answer.text.contains("did you mean"), "{kind}: {}", answer.text);
    }
    for kind in Kind::ALL {
        let pipe = self::pipe(kind, production());
        for document in [
            INTROSPECTION,
            "{ __schema { queryType { name } } }",
            "{ __type(name: \"Query\") { fields { name } } }",
            "{ a: __schema { types { name } } }",
            "{ ... on Query { __type(name: \"Cart\") { name } } }",
        ] {
            let answer = pipe.query(document).await;
            assert!(!answer.text.contains("\"types\""), "{kind} {document}: {}", answer.text);
            let data = answer.body["data"].as_object();
            assert!(data.is_none_or(|it| it.values().all(serde_json::Value::is_null)), "{kind} {document}");
        }
    }
}

#[tokio::test]
async fn errors_name_nothing_of_the_schema_that_was_not_sent() {
    for kind in Kind::ALL {
        names_nothing(kind, &pipe(kind, production())).await;
    }
}

async fn names_nothing(kind: Kind, pipe: &Pipe) {
    let schema_index = kind.schema_index();
    let types = schema_index.types();
    let fields = types.values().flat_map(|fields| fields.iter());
    let names = fields.flat_map(|(name, info)| info.arguments.keys().chain([name]));
    let mut names: Vec<&str> = types.keys().copied().chain(names.map(String::as_str)).collect();
    names.sort_unstable();
    names.dedup();
    for document in [
        near_miss(kind),
        "{ nam }",
        "{ viewer { nam } }",
        "{ viewer }",
        "{ product { nam } }",
        "{ product(i: 1) { nam } }",
        "{ products(first: \"a\") { nam } }",
        "{ node(id: \"a\") { ... on Produc { nam } } }",
        "{ viewer { ... on Cart { nam } } }",
        "query ($a: Produc) { nam }",
        "query ($a: Cart) { nam(a: $a) }",
        "query ($a: Int) { product(id: $a) { nam } }",
        "mutation { cartAdd { nam } }",
        "mutation { cartAdd(input: {}) { nam } }",
        "mutation { cartAdd(input: {quantit: 1}) { nam } }",
        "subscription { a }",
        "{ nam @skp }",
        "{ a b c d e f g h i j k l m }",
        &format!("{{ {} }}", "a:nam ".repeat(40)),
    ] {
        let answer = pipe.query(document).await;
        answer.rejected(400);
        for error in answer.body["errors"].as_array().unwrap() {
            let message = error["message"].as_str().unwrap();
            assert!(!message.contains("did you mean"), "{message}");
            // Quoted text may repeat the document; all other text is fixed.
            let quoted = message.split('"').skip(1).step_by(2);
            for word in quoted.flat_map(|it| it.split(|character: char| !character.is_alphanumeric())) {
                let known = names.binary_search(&word).is_ok();
                assert!(!known || document.contains(word), "{kind} {document}: {message}");
            }
        }
    }
}

/// Products, each with its related products; a variable sets the number of both.
const RELATED: &str =
    "query ($n: Int! = 20) { products(first: $n) { nodes { related(first: $n) { id name } } } }";

async fn related(shop: &Shop, n: u64) -> Answer {
    shop.query_with(Kind::Web, json!({ "query": RELATED, "variables": { "n": n } })).await
}

async fn metrics(shop: &Shop) -> String {
    let request = Request::get(format!("http://{}/metrics", shop.web)).body(Full::default()).unwrap();
    shop.send(request).await.text
}

#[tokio::test]
async fn a_cost_that_variables_decide_is_known_before_anything_is_fetched() {
    let shop = Shop::with(|config| config.limits.cost = Some(100)).await;
    related(&shop, 2).await.whole();
    assert_ne!(shop.domain.calls().list().len(), 0);
    shop.domain.calls().clear();
    for n in [50, 2_147_483_647] {
        let answer = related(&shop, n).await;
        answer.rejected(400);
        assert_eq!(answer.errors(), [": OPERATION_TOO_LARGE"]);
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.ends_with("fields in the answer; 100 is the limit (cost)."), "{message}");
    }
    assert_eq!(shop.domain.calls().list().len(), 0);
    assert!(metrics(&shop).await.contains("bff_limit_exceeded_total{limit=\"cost\"} 2\n"));
}

#[tokio::test]
async fn a_limit_is_reported_before_it_is_enforced() {
    let shop = Shop::with(|config| {
        config.limits.cost = Some(100);
        config.limits.aliases = Some(0);
        config.limits.tokens = Some(60);
        config.limits.bytes = Some(100);
        config.limits.report_only = vec![Limit::Cost, Limit::Aliases, Limit::Bytes];
    });
    let shop = shop.await;
    related(&shop, 8).await.whole();
    shop.web("{ a: __typename }").await.whole();
    shop.web(&format!("{{ {} }}", "__typename ".repeat(70))).await.rejected(400);
    let metrics = metrics(&shop).await;
    for line in [
        "{limit=\"bytes\"} 1\n",
        "{limit=\"cost\"} 1\n",
        "{limit=\"aliases\"} 1\n",
        "{limit=\"tokens\"} 1\n",
        "{limit=\"depth\"} 0\n",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}
