//! Attribution of errors: the part of a service's status that is shown to the client, and the part that is logged.

use std::time::Duration;

use bff_kit::host::config::LogFormat;
use domain_stubs::Options;
use http::header::RETRY_AFTER;
use jiff::Timestamp;
use proto::admin::{Fault, OddAnswer};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{ADA, Kind, Logged, Shop, options, product_id, screens};

const PRODUCTS: &str = "shop.catalog.v1.CatalogService/BatchGetProducts";
const RATINGS: &str = "shop.reviews.v1.ReviewService/BatchGetRatings";
const REVIEWS: &str = "shop.reviews.v1.ReviewService/BatchListReviews";

fn broken(rpc: &str) -> Fault {
    Fault { rpc: rpc.to_owned(), ..Fault::default() }
}

fn kettle(fields: &str) -> String {
    format!("{{ product(id: \"{}\") {{ {fields} }} }}", product_id("kettle-gooseneck-09"))
}

#[tokio::test]
async fn a_bad_argument_of_an_optional_field_is_told_and_another_field_s_is_not() {
    let shop = Shop::open().await;
    for (kind, query, path, field) in [
        (
            Kind::Web,
            kettle("name shippingOptions(country: \"ZZ\") { name }"),
            "product.shippingOptions",
            "country",
        ),
        (Kind::Web, kettle("name reviews(after: \"nope\") { totalCount }"), "product.reviews", "after"),
    ] {
        let answer = shop.query(kind, &query).await;
        assert_eq!(answer.errors(), [format!("{path}: BAD_USER_INPUT")], "{}", answer.text);
        assert_eq!(answer.body["errors"][0]["extensions"]["violations"][0]["field"], field);
        assert_eq!(answer.data("/product/name"), "Gooseneck Kettle 0.9 l");
    }
    // The keys of two fields travel in one call: a field violation of one field is no error of the other.
    let query = kettle("a: reviews(after: \"nope\") { totalCount } b: reviews(first: 2) { totalCount }");
    let answer = shop.query(Kind::Web, &query).await;
    assert_eq!(answer.errors(), ["product.a: BAD_USER_INPUT"], "{}", answer.text);
    assert!(answer.data("/product/b/totalCount").is_u64(), "{}", answer.text);
}

#[tokio::test]
async fn only_a_request_of_nobody_that_needs_a_user_is_told_to_sign_in() {
    let shop = Shop::open().await;
    let query = json!({ "query": "{ viewer { email } }" });
    let nobody = shop.post(shop.mobile, json!({ "query": "{ cart { total } }" }), &[]).await;
    assert_eq!(nobody.errors(), ["cart: UNAUTHENTICATED"]);
    // UNAUTHENTICATED without a reason that requires a user is an internal error.
    shop.fail(Fault { error_code: 16, ..broken("shop.users.v1.UserService/BatchGetUsers") });
    let ada = shop.post(shop.web, query, &[ADA]).await;
    assert_eq!(ada.errors(), ["viewer: INTERNAL_SERVER_ERROR"], "{}", ada.text);
}

#[tokio::test]
async fn a_rejected_credential_is_an_error_of_ours_that_names_the_key_once_a_second() {
    let credential_key = "the key of the domain, which is another one".to_owned();
    let issuers = vec!["bff-web".to_owned()];
    let late = domain_stubs::Clock::new(|| Timestamp::now() - Duration::from_mins(1));
    let early = domain_stubs::Clock::new(|| Timestamp::now() + Duration::from_mins(2));
    for (options, reason) in [
        (Options { credential_key, ..options(None) }, "CREDENTIAL_INVALID"),
        (Options { issuers, ..options(None) }, "CREDENTIAL_ISSUER_UNKNOWN"),
        (Options { credential_clock: late, ..options(None) }, "CREDENTIAL_NOT_YET_VALID"),
        (Options { credential_clock: early, ..options(None) }, "CREDENTIAL_EXPIRED"),
    ] {
        is_rejected(options, reason).await;
    }
}

/// Sends a query while the domain rejects the credential of the phone app's BFF for a reason.
async fn is_rejected(options: Options, reason: &str) {
    let logged = Logged::start(LogFormat::Json);
    let shop = Shop::of(options).await;
    let started = Instant::now();
    for headers in [vec![], vec![ADA]] {
        for _ in 0..5 {
            let body = json!({ "query": kettle("name rating") });
            let answer = shop.post(shop.mobile, body, &headers).await;
            assert_eq!(answer.errors(), ["product: INTERNAL_SERVER_ERROR"], "{}", answer.text);
        }
    }
    let lines = logged.saying("a service rejects our credential");
    let seconds = usize::try_from(started.elapsed().as_secs() + 1).unwrap();
    assert!((1..=seconds).contains(&lines.len()), "{lines:?}");
    assert_eq!(lines[0]["level"], "ERROR");
    assert!(lines[0]["message"].as_str().unwrap().contains("`credential.*`"));
    assert_eq!(
        (lines[0]["code"].as_str(), lines[0]["reason"].as_str()),
        (Some("UNAUTHENTICATED"), Some(reason))
    );
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_a_fault_of_the_service_and_the_log_says_how_long() {
    let logged = Logged::start(LogFormat::Json);
    let shop = Shop::open().await;
    shop.fail(Fault { odd_answer: OddAnswer::TooLarge.into(), ..broken(PRODUCTS) });
    let answer = shop.mobile(&kettle("name")).await;
    assert_eq!(answer.errors(), ["product: INTERNAL_SERVER_ERROR"], "{}", answer.text);
    let line = &logged.saying("call failed")[0];
    assert_eq!(line["rpc"], PRODUCTS);
    let cause = line["cause"].as_str().unwrap();
    assert!(cause.contains("5242880") && cause.contains("4194304"), "{cause}");

    let shop = Shop::with(|config| config.upstream.max_answer_bytes = 100).await;
    let answer = shop.mobile(&kettle("name reviews { text }")).await;
    assert_eq!(
        answer.degraded(),
        ["product.reviews: INTERNAL_SERVER_ERROR of ReviewService ×1"],
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn a_connection_that_one_call_ends_fails_the_calls_beside_it_as_unavailable() {
    let logged = Logged::start(LogFormat::Json);
    let shop = Shop::open().await;
    shop.fail(Fault { odd_answer: OddAnswer::LongStatus.into(), ..broken(RATINGS) });
    let slow = prost_types::Duration { seconds: 0, nanos: 50_000_000 };
    shop.fail(Fault { latency: Some(slow), ..broken(PRODUCTS) });
    let answer = shop.mobile(&kettle("name rating")).await;
    // The product is fetched again over another connection, which the rating, fetched again as well, may end too.
    assert!(answer.errors().iter().all(|error| error == "product: UPSTREAM_UNAVAILABLE"), "{}", answer.text);
    let lines = logged.saying("call failed");
    let told = lines.iter().filter(|line| line["rpc"] == PRODUCTS).all(|line| line["code"] == "UNAVAILABLE");
    assert!(told && lines.iter().any(|line| line["rpc"] == RATINGS), "{lines:?}");
    shop.domain.faults().clear();
    shop.mobile(&kettle("name rating")).await.whole();
}

#[tokio::test]
async fn a_service_names_the_delay_before_a_retry() {
    let shop = Shop::open().await;
    let seconds = |seconds, nanos| Some(prost_types::Duration { seconds, nanos });
    shop.fail(Fault { error_code: 8, retry_delay: seconds(6, 1_500_000), ..broken(PRODUCTS) });
    let answer = shop.mobile(&kettle("name")).await;
    assert_eq!(answer.errors(), ["product: UPSTREAM_UNAVAILABLE"]);
    assert_eq!(answer.body["errors"][0]["extensions"]["retryAfterMs"], 6_002);
    assert_eq!(answer.headers[RETRY_AFTER], "7");

    // A batch takes the latest retry time of all its requests.
    let batching = Shop::with(|config| config.server.max_batch = 2).await;
    batching.fail(Fault { error_code: 8, retry_delay: seconds(6, 1_500_000), ..broken(PRODUCTS) });
    let batch = json!([{ "query": "{ __typename }" }, { "query": kettle("name") }]);
    let answer = batching.post(batching.mobile, batch, &[]).await;
    assert_eq!(answer.body[1]["errors"][0]["extensions"]["retryAfterMs"], 6_002, "{}", answer.text);
    assert_eq!(answer.headers[RETRY_AFTER], "7");

    // A degraded field sets the retry time too, which has an upper bound.
    shop.domain.faults().clear();
    shop.fail(Fault { error_code: 14, retry_delay: seconds(1_000_000, 0), ..broken(REVIEWS) });
    let answer = shop.mobile(&kettle("name reviews { text }")).await;
    assert_eq!(answer.body["extensions"]["degraded"][0]["retryAfterMs"], 3_600_000, "{}", answer.text);
    assert_eq!(answer.headers[RETRY_AFTER], "3600");
    shop.domain.faults().clear();
    assert!(!shop.mobile(&kettle("name")).await.whole().headers.contains_key(RETRY_AFTER));
}

#[tokio::test]
async fn a_service_that_is_down_costs_a_line_a_second_and_every_line_is_whole() {
    let logged = Logged::start(LogFormat::Json);
    let shop = Shop::open().await;
    let started = Instant::now();
    let mut sent = 0;
    for screen in screens() {
        shop.query(screen.kind, &screen.query).await.whole();
    }
    for error_code in [14, 1, 13] {
        shop.fail(Fault { error_code, ..broken(RATINGS) });
        for screen in screens() {
            shop.query(screen.kind, &screen.query).await;
            sent += 1;
        }
    }
    shop.mobile("{ nope }").await;
    let seconds = usize::try_from(started.elapsed().as_secs() + 1).unwrap();
    let lines = logged.saying("call failed");
    for code in ["UNAVAILABLE", "CANCELLED", "INTERNAL"] {
        let of_code: Vec<_> = lines.iter().filter(|line| line["code"] == code).collect();
        // The phone app's BFF and the web's both fetch ratings.
        assert!((1..=2 * seconds).contains(&of_code.len()), "{of_code:?}");
        assert_eq!(of_code[0]["cause"], "failed on purpose");
    }
    assert!(sent > 60);
    // An error is logged once for its call, and not again for each field.
    assert!(logged.saying("field failed").is_empty());
    assert!(logged.json().len() > sent, "{}", logged.text());

    // Omitted lines are counted.
    let counted = async {
        while logged.saying("call failed").iter().all(|line| line["left_out"] == 0) {
            shop.mobile(&kettle("rating")).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), counted).await.unwrap();
}

#[tokio::test]
async fn the_words_of_a_service_are_quoted() {
    let logged = Logged::start(LogFormat::Text);
    let shop = Shop::open().await;
    shop.fail(Fault { error_code: 1, ..broken(RATINGS) });
    shop.mobile(&kettle("name rating")).await;
    let text = logged.text();
    let line = text.lines().find(|line| line.contains("call failed")).unwrap();
    let words = format!("rpc=\"{RATINGS}\" code=\"CANCELLED\" cause=\"failed on purpose\"");
    assert!(line.contains(&words), "{line}");
}

#[tokio::test]
async fn nothing_but_its_own_bad_argument_climbs_from_an_optional_field() {
    let shop = Shop::open().await;
    for error_code in 1..=16 {
        shop.fail(Fault {
            error_code,
            ..broken("shop.recommendations.v1.RecommendationService/ListRecommendations")
        });
        let body = json!({ "query": "{ home { name cartCount recommended(first: 1) { name } } }" });
        let answer = shop.post(shop.mobile, body, &[ADA]).await;
        assert_eq!(answer.errors(), Vec::<String>::new(), "{error_code}: {}", answer.text);
        assert_eq!(answer.data("/home/name"), "Ada", "{error_code}");
        assert_eq!(answer.data("/home/recommended"), &Value::Array(Vec::new()));
    }
}
