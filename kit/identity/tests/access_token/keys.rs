//! Keys that are loaded, rotated, withdrawn, and out of reach.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::{Instant, advance, sleep};

use crate::support::{Issuer, Server, TestKey, claims, set, settings, status};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);

/// A token of a key, good for a day.
fn token(key: &TestKey) -> String {
    let mut claims = claims();
    claims["exp"] = (claims["iat"].as_i64().unwrap() + 24 * 3600).into();
    key.token(&claims)
}

#[tokio::test(start_paused = true)]
async fn requests_before_the_first_load_wait_for_it_together() {
    let key = TestKey::ed25519("ed");
    let issuer = Issuer::with(&[&key]);
    issuer.takes(2 * SECOND);
    let server = Server::start(&issuer, settings());
    let token = token(&key);
    let results = join_all((0..100).map(|_| server.bearer(&token))).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn thousands_of_unknown_key_ids_cause_one_load_in_a_cool_down() {
    let (key, other) = (TestKey::ed25519("ed"), TestKey::p256("es"));
    let issuer = Issuer::with(&[&key]);
    issuer.takes(SECOND);
    let server = Server::start(&issuer, settings());
    assert!(server.bearer(&token(&key)).await.is_ok());
    assert_eq!(issuer.fetches(), 1);

    let unknown = async |ids: std::ops::Range<u32>| {
        let tokens = ids.map(|id| {
            let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": format!("unknown-{id}") });
            other.sign(&header.to_string(), claims().to_string())
        });
        let tokens: Vec<_> = tokens.collect();
        let results = join_all(tokens.iter().map(|token| server.bearer(token))).await;
        assert!(results.iter().all(|it| status(it) == 401));
    };
    unknown(0..3000).await;
    assert_eq!(issuer.fetches(), 2, "all at once share a load");
    for at in 1..10 {
        unknown(at * 3000..at * 3000 + 10).await;
        assert_eq!(issuer.fetches(), 2);
    }
    assert_eq!(status(&server.bearer(&token(&key)).await), 200, "others notice nothing");
    sleep(30 * SECOND).await;
    unknown(50_000..51_000).await;
    assert_eq!(issuer.fetches(), 3, "the cool-down is over");
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_accepted_at_once_and_a_withdrawn_one_no_more_after_a_refresh() {
    let (old, new) = (TestKey::ed25519("old"), TestKey::p256("new"));
    let issuer = Issuer::with(&[&old]);
    let server = Server::start(&issuer, settings());
    assert_eq!(status(&server.bearer(&token(&old)).await), 200);

    issuer.publishes(&[&old, &new]);
    assert_eq!(status(&server.bearer(&token(&new)).await), 200, "loaded for the sake of this token");
    let remembered = token(&old);
    assert_eq!(status(&server.bearer(&remembered).await), 200);

    issuer.publishes(&[&new]);
    sleep(599 * SECOND).await;
    assert_eq!(status(&server.bearer(&remembered).await), 200, "the server cannot know yet");
    sleep(2 * SECOND).await;
    assert_eq!(status(&server.bearer(&remembered).await), 401, "remembered or not");
    assert_eq!(status(&server.bearer(&token(&old)).await), 401);
    assert_eq!(status(&server.bearer(&token(&new)).await), 200);
}

#[tokio::test(start_paused = true)]
async fn another_key_under_the_same_id_ends_what_was_remembered() {
    let (old, new) = (TestKey::ed25519("key"), TestKey::ed25519("key"));
    let issuer = Issuer::with(&[&old]);
    let server = Server::start(&issuer, settings());
    let remembered = token(&old);
    sleep(599 * SECOND).await;
    assert_eq!(status(&server.bearer(&remembered).await), 200);
    issuer.publishes(&[&new]);
    sleep(2 * SECOND).await;
    assert_eq!(status(&server.bearer(&remembered).await), 401);
    assert_eq!(status(&server.bearer(&token(&new)).await), 200);
}

#[tokio::test(start_paused = true)]
async fn keys_stay_good_for_a_day_while_the_issuer_is_out_of_reach() {
    let key = TestKey::ed25519("ed");
    let issuer = Issuer::with(&[&key]);
    let mut settings = settings();
    settings.max_lifetime = 100 * HOUR;
    let server = Server::start(&issuer, settings);
    let mut claims = claims();
    claims["exp"] = (claims["iat"].as_i64().unwrap() + 90 * 3600).into();
    let token = key.token(&claims);
    assert_eq!(status(&server.bearer(&token).await), 200);

    issuer.fails();
    sleep(23 * HOUR).await;
    assert_eq!(status(&server.bearer(&token).await), 200);
    let fetches = issuer.fetches();
    assert!((23 * 60..=23 * 120 + 10).contains(&fetches), "two a minute at most: {fetches}");

    sleep(2 * HOUR).await;
    let challenge = server.bearer(&token).await.unwrap_err();
    assert_eq!((challenge.status().as_u16(), challenge.authenticate()), (503, None), "never failing open");

    issuer.publishes(&[&key]);
    sleep(31 * SECOND).await;
    assert_eq!(status(&server.bearer(&token).await), 200);
}

#[tokio::test(start_paused = true)]
async fn without_any_key_a_token_cannot_be_judged_and_a_guest_is_welcome() {
    let key = TestKey::ed25519("ed");
    let issuer = Issuer::with(&[]);
    issuer.fails();
    let server = Server::start(&issuer, settings());
    assert_eq!(status(&server.bearer(&token(&key)).await), 503);
    assert_eq!(status(&server.bearer("rubbish").await), 401);
    assert_eq!(status(&server.headers(&http::HeaderMap::new()).await), 200);

    issuer.publishes(&[&key]);
    sleep(2 * SECOND).await;
    assert_eq!(status(&server.bearer(&token(&key)).await), 200, "the first retries come soon");
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_hangs_holds_up_no_token_of_a_known_key() {
    let (key, other) = (TestKey::ed25519("ed"), TestKey::ed25519("other"));
    let issuer = Issuer::with(&[&key]);
    let server = Server::start(&issuer, settings());
    assert_eq!(status(&server.bearer(&token(&key)).await), 200);

    issuer.takes(HOUR);
    let start = Instant::now();
    let stranger = token(&other);
    let (unknown, known) = tokio::join!(server.bearer(&stranger), async {
        sleep(SECOND).await;
        let known = server.bearer(&token(&key)).await;
        (known, start.elapsed())
    });
    assert_eq!((status(&known.0), known.1.as_secs()), (200, 1));
    assert_eq!(
        (status(&unknown), start.elapsed().as_secs()),
        (401, 5),
        "it waits no longer than a load may take"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_maintain_its_keys_accepts_nothing() {
    let key = TestKey::ed25519("ed");
    let server = Server::idle(&Issuer::with(&[&key]), settings());
    assert_eq!(status(&server.bearer(&token(&key)).await), 503);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_no_key_set_leaves_the_keys_as_they_were() {
    let key = TestKey::ed25519("ed");
    let issuer = Issuer::with(&[&key]);
    let server = Server::start(&issuer, settings());
    assert_eq!(status(&server.bearer(&token(&key)).await), 200);
    for text in ["", "<html>", "{}", "{\"keys\":{}}", "[]", "null"] {
        issuer.answers(text);
        sleep(700 * SECOND).await;
        assert_eq!(status(&server.bearer(&token(&key)).await), 200, "{text}");
    }
    issuer.publishes(&[]);
    sleep(700 * SECOND).await;
    assert_eq!(status(&server.bearer(&token(&key)).await), 401, "an empty set is a set");
}

#[tokio::test(start_paused = true)]
async fn keys_that_cannot_be_used_are_left_out_one_by_one() {
    let (good, rsa) = (TestKey::ed25519("good"), TestKey::rsa("rsa"));
    let changed = |id: &str, key: &TestKey, name: &str, value: serde_json::Value| {
        let mut jwk = key.jwk();
        (jwk["kid"], jwk[name]) = (id.into(), value);
        jwk
    };
    let small = rsa.jwk()["n"].as_str().unwrap()[..170].to_owned();
    let short = good.jwk()["x"].as_str().unwrap()[..40].to_owned();
    let odd = [
        json!(1),
        json!({}),
        json!({ "kty": "oct", "kid": "good", "k": "c2VjcmV0" }),
        json!({ "kty": "AKP", "kid": "post-quantum", "alg": "ML-DSA-44", "pub": "x" }),
        changed("small", &rsa, "n", small.into()),
        changed("short", &good, "x", short.into()),
        changed("private", &good, "d", "c2VjcmV0".into()),
        changed("signs", &good, "key_ops", json!(["sign"])),
        changed("encrypts", &good, "use", "enc".into()),
        good.jwk(),
    ];
    let issuer = Issuer::with(&[]);
    issuer.answers(&json!({ "keys": odd }).to_string());
    let server = Server::start(&issuer, settings());
    assert_eq!(status(&server.bearer(&token(&good)).await), 200);
    for (id, key) in
        [("small", &rsa), ("short", &good), ("private", &good), ("signs", &good), ("encrypts", &good)]
    {
        let header = json!({ "alg": key.name, "typ": "at+jwt", "kid": id }).to_string();
        assert_eq!(status(&server.bearer(&key.sign(&header, claims().to_string())).await), 401, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_ends_early_does_not_end_the_load() {
    let (key, new) = (TestKey::ed25519("ed"), TestKey::ed25519("new"));
    let issuer = Issuer::with(&[&key]);
    let server = Server::start(&issuer, settings());
    assert_eq!(status(&server.bearer(&token(&key)).await), 200);
    issuer.answers(&set(&[&key, &new]));
    issuer.takes(2 * SECOND);
    let cut = tokio::time::timeout(SECOND, server.bearer(&token(&new))).await;
    assert!(cut.is_err(), "the client went away");
    assert_eq!(status(&server.bearer(&token(&new)).await), 200);
    assert_eq!(issuer.fetches(), 2);
    advance(SECOND).await;
}
