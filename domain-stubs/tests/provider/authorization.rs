use domain_stubs::provider::{PHONE_REDIRECT_URI, WEB_REDIRECT_URI};

use crate::support::{ADA, Form, ISSUER, Served, phone, redeem, web};

#[tokio::test(start_paused = true)]
async fn the_code_goes_to_the_client_with_its_state_and_the_issuer() {
    let served = Served::start();
    let reply = served.choose(&phone(), ADA).await;
    assert!(reply.header("location").unwrap().starts_with(&format!("{PHONE_REDIRECT_URI}?code=")));
    assert_eq!(reply.parameter("state").unwrap(), "a state & more");
    assert_eq!(reply.parameter("iss").unwrap(), ISSUER);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let cookie = reply.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");

    let reply = served.choose(&phone().without("state"), ADA).await;
    assert_eq!(reply.parameter("state"), None);
}

#[tokio::test(start_paused = true)]
async fn a_native_app_listens_on_any_port() {
    let served = Served::start();
    let uri = "http://127.0.0.1:51004/callback";
    let code = served.code(&phone().with("redirect_uri", uri)).await;
    let reply = served.token(&redeem(&code).with("redirect_uri", "http://127.0.0.1:51005/callback")).await;
    reply.is_error(400, "invalid_grant");
    let code = served.code(&phone().with("redirect_uri", uri)).await;
    assert_eq!(served.token(&redeem(&code).with("redirect_uri", uri)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn without_a_good_client_and_redirect_uri_nobody_is_sent_anywhere() {
    let served = Served::start();
    let bad = [
        phone().without("client_id"),
        phone().with("client_id", "nobody"),
        phone().without("redirect_uri"),
        phone().with("redirect_uri", "https://evil.example/callback"),
        phone().with("redirect_uri", WEB_REDIRECT_URI),
        web().with("redirect_uri", "http://localhost:4002/auth/callback?a=b"),
        web().with("redirect_uri", "http://localhost:4003/auth/callback"),
        phone().with("client_id", "bff-mobile"),
    ];
    for form in bad {
        for reply in [served.authorize(&form, &[]).await, served.choose(&form, ADA).await] {
            assert_eq!((reply.status.as_u16(), reply.header("location")), (400, None), "{}", form.encode());
            assert_eq!(reply.header("set-cookie"), None);
        }
    }
    let twice = format!("/authorize?{}&client_id=shop-phone", phone().encode());
    assert_eq!(served.get(&twice, &[]).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn other_errors_go_to_the_client() {
    let served = Served::start();
    let bad: [(Form, &str); 16] = [
        (phone().without("response_type"), "invalid_request"),
        (phone().with("response_type", "token"), "unsupported_response_type"),
        (phone().with("response_mode", "fragment"), "invalid_request"),
        (phone().with("scope", "openid  orders:read"), "invalid_scope"),
        (phone().without("code_challenge"), "invalid_request"),
        (phone().without("code_challenge_method"), "invalid_request"),
        (phone().with("code_challenge_method", "plain"), "invalid_request"),
        (phone().with("code_challenge", "too-short"), "invalid_request"),
        (phone().with("resource", "bff-web"), "invalid_target"),
        (phone().with("request", "a.b.c"), "request_not_supported"),
        (phone().with("request_uri", "https://a.example"), "request_uri_not_supported"),
        (phone().with("prompt", "none login"), "invalid_request"),
        (phone().with("prompt", "none"), "login_required"),
        (phone().with("max_age", "-1"), "invalid_request"),
        (phone().with("id_token_hint", "a.b.c"), "invalid_request"),
        (web().without("code_challenge"), "invalid_request"),
    ];
    for (form, code) in bad {
        let reply = served.authorize(&form, &[]).await;
        assert_eq!(reply.parameter("error").unwrap(), code, "{}", form.encode());
        assert_eq!(reply.parameter("state").unwrap(), "a state & more");
        assert_eq!(reply.parameter("iss").unwrap(), ISSUER);
        let reply = served.choose(&form, ADA).await;
        // The choice is an answer to `prompt`; everything else stays wrong.
        assert!(reply.parameter("code").is_none() || code == "login_required", "{}", form.encode());
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_request_is_answered_for_the_user_who_is_signed_in() {
    let served = Served::start();
    let first = served.choose(&phone(), ADA).await;
    let cookie = format!("other=1; {}", first.cookie());
    let cookie = [("cookie", cookie.as_str())];
    let tokens = served.token(&redeem(&first.parameter("code").unwrap())).await.json();
    let id_token = served.claims(&tokens["id_token"]).await;

    served.pass(100);
    let silent = phone().with("prompt", "none");
    let code = served.authorize(&silent, &cookie).await.parameter("code").unwrap();
    let again = served.token(&redeem(&code)).await.json();
    let again = served.claims(&again["id_token"]).await;
    for same in ["sub", "sid", "auth_time"] {
        assert_eq!(again[same], id_token[same]);
    }

    let hinted = silent.clone().with("id_token_hint", tokens["id_token"].as_str().unwrap());
    assert!(served.authorize(&hinted, &cookie).await.parameter("code").is_some());
    let other = served.choose(&phone(), "user-zoe-marchetti").await.cookie();
    let reply = served.authorize(&hinted, &[("cookie", other.as_str())]).await;
    assert_eq!(reply.parameter("error").unwrap(), "login_required", "another user is signed in");

    let reply = served.authorize(&silent.clone().with("max_age", "99"), &cookie).await;
    assert_eq!(reply.parameter("error").unwrap(), "login_required", "the sign-in is too old");
    served.pass(12 * 60 * 60);
    let reply = served.authorize(&silent, &cookie).await;
    assert_eq!(reply.parameter("error").unwrap(), "login_required", "the session has expired");
}

#[tokio::test(start_paused = true)]
async fn a_user_may_cancel() {
    let served = Served::start();
    let reply = served.post("/authorize", &[], &phone().with("cancel", "yes")).await;
    assert_eq!(reply.parameter("error").unwrap(), "access_denied");
    assert_eq!(reply.header("set-cookie"), None);
}

#[tokio::test(start_paused = true)]
async fn nobody_but_the_page_chooses_a_user() {
    let served = Served::start();
    let chosen = phone().with("demo_user", ADA);
    for site in ["cross-site", "same-site", "none"] {
        let reply = served.post("/authorize", &[("sec-fetch-site", site)], &chosen).await;
        assert_eq!((reply.status.as_u16(), reply.header("location")), (403, None), "{site}");
    }
    // A link that brings its choice along still shows the page.
    assert_eq!(served.authorize(&chosen, &[]).await.status, 200);
    // So does a request that another site posts.
    let reply = served.post("/authorize", &[("sec-fetch-site", "cross-site")], &phone()).await;
    assert!(reply.status == 200 && reply.body.contains(ADA));
    assert_eq!(served.choose(&phone(), "user-made-up").await.status, 400);
}
