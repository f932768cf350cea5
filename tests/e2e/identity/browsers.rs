//! Browsers that sign in at an OIDC provider.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};

use super::provided::{Provided, cookie};
use crate::support::{ADA, Answer};

const ZOE: &str = "user-zoe-marchetti";

impl Provided {
    /// Asks for the account of whoever is signed in.
    async fn viewer(&self, headers: &[(&str, &str)]) -> Answer {
        self.shop.post(self.shop.web, json!({ "query": "{ viewer { givenName } }" }), headers).await
    }

    /// Sends a request to a route of the sign-in.
    async fn auth(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.shop.web));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.shop.fetch(request.body(Full::default()).unwrap()).await
    }

    /// The user who is signed in, as a page asks.
    async fn me(&self, session: &str) -> Value {
        let answer = self.visit("/auth/me", session).await;
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        serde_json::from_slice::<Value>(answer.body()).unwrap()["user"]["id"].clone()
    }
}

#[tokio::test]
async fn a_browser_signs_in_acts_for_its_user_and_signs_out() {
    let shop = Provided::open().await;
    let (attempt, back) = shop.attempt(ADA.1, "/cart?from=menu").await;
    let signed_in = shop.visit(&back, &attempt).await;
    assert_eq!(signed_in.status(), StatusCode::SEE_OTHER);
    let own = format!("http://{}", shop.shop.web);
    assert_eq!(signed_in.headers()[header::LOCATION], format!("{own}/cart?from=menu"));
    let session = cookie(&signed_in);
    let set = signed_in.headers().get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap());
    let set = set.filter(|it| it.starts_with("__Host-session=")).collect::<Vec<_>>();
    assert_eq!(set, [format!("{session}; Path=/; Secure; HttpOnly; SameSite=Lax")]);

    assert_eq!(shop.viewer(&[("cookie", &session)]).await.whole().data("/viewer/givenName"), "Ada");
    assert!(shop.shop.domain.calls().list().iter().all(|call| call.subject == ADA.1));
    assert!(shop.viewer(&[]).await.whole().data("/viewer").is_null());
    assert_eq!(shop.me(&session).await, ADA.1);
    assert!(shop.me("").await.is_null());

    let leave = [("cookie", &*session), ("x-csrf", "1")];
    let left = shop.auth(Method::POST, "/auth/logout", &leave).await;
    assert_eq!(left.status(), StatusCode::OK, "{left:?}");
    let left = shop.viewer(&[("cookie", &session)]).await;
    assert_eq!(
        (left.status, left.errors()),
        (StatusCode::UNAUTHORIZED, vec![": UNAUTHENTICATED".to_owned()])
    );
    assert!(shop.me(&session).await.is_null());
}

#[tokio::test]
async fn a_login_belongs_to_the_browser_that_began_it_and_works_once() {
    let shop = Provided::open().await;
    let (of_ada, back) = shop.attempt(ADA.1, "/").await;
    let (of_zoe, _) = shop.attempt(ZOE, "/").await;
    // Somebody makes a browser finish the login of another, so that it acts in their name.
    for stranger in ["", &*of_zoe] {
        let answer = shop.visit(&back, stranger).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{answer:?}");
    }
    let session = cookie(&shop.visit(&back, &of_ada).await);
    assert_eq!(shop.me(&session).await, ADA.1);
    assert_eq!(shop.visit(&back, &of_ada).await.status(), StatusCode::BAD_REQUEST);
    // A session that was planted before the login is not the one of the user.
    let (attempt, back) = shop.attempt(ZOE, "/").await;
    let planted = shop.session(ADA.1).await;
    let after = cookie(&shop.visit(&back, &format!("{attempt}; {planted}")).await);
    assert_ne!(after, planted);
    assert_eq!(shop.me(&after).await, ZOE);
    assert!(shop.me(&planted).await.is_null());
}

#[tokio::test]
async fn a_credential_of_another_client_is_rejected() {
    let shop = Provided::open().await;
    let (token, session) = (shop.provider.phone_token(ADA.1, "openid"), shop.session(ADA.1).await);
    let bearer = format!("Bearer {token}");
    assert_eq!(shop.viewer(&[("authorization", &bearer)]).await.status, StatusCode::UNAUTHORIZED);
    let id = session.split_once('=').unwrap().1;
    let cart = || json!({ "query": "{ cart { count } }" });
    let phone = shop.shop.post(shop.shop.mobile, cart(), &[("authorization", &format!("Bearer {id}"))]).await;
    assert_eq!(phone.status, StatusCode::UNAUTHORIZED);
    let phone = shop.shop.post(shop.shop.mobile, cart(), &[("cookie", &session)]).await;
    assert_eq!(phone.errors(), ["cart: UNAUTHENTICATED"]);
}

/// A request to a route of the sign-in: its method, its path and its headers.
type Shape = (Method, &'static str, Vec<(&'static str, &'static str)>);

#[tokio::test]
async fn a_page_of_another_site_ends_no_session_and_reads_nothing() {
    let shop = Provided::open().await;
    let session = shop.session(ADA.1).await;
    let (evil, sibling) = (("origin", "https://evil.example"), ("sec-fetch-site", "same-site"));
    let cross = ("sec-fetch-site", "cross-site");
    let csrf = ("x-csrf", "1");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let (post, delete) = (Method::POST, Method::DELETE);
    let shapes: [Shape; 16] = [
        (post.clone(), "/auth/logout", vec![]),
        (post.clone(), "/auth/logout", vec![form]),
        (post.clone(), "/auth/logout", vec![evil]),
        (post.clone(), "/auth/logout", vec![evil, csrf]),
        (post.clone(), "/auth/logout", vec![cross, csrf]),
        (post.clone(), "/auth/logout", vec![sibling, csrf]),
        (post.clone(), "/auth/logout", vec![("origin", "null"), csrf]),
        (post.clone(), "/auth/logout", vec![("host", "evil.example"), csrf]),
        (
            post.clone(),
            "/auth/logout",
            vec![cross, form, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")],
        ),
        (post, "/auth/backchannel-logout", vec![evil, form]),
        (delete.clone(), "/auth/sessions", vec![]),
        (delete.clone(), "/auth/sessions", vec![evil, csrf]),
        (delete, "/auth/sessions/any", vec![evil, csrf]),
        (Method::GET, "/auth/me", vec![evil]),
        (Method::GET, "/auth/sessions", vec![cross]),
        (Method::GET, "/auth/login", vec![cross, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")]),
    ];
    for (method, path, headers) in shapes {
        let headers = [headers, vec![("cookie", &*session)]].concat();
        let answer = shop.auth(method.clone(), path, &headers).await;
        let status = answer.status().as_u16();
        assert!(status == 403 || status == 421, "{method} {path} {headers:?}: {status}");
        assert!(!answer.headers().contains_key(header::SET_COOKIE), "{method} {path} {headers:?}");
    }
    assert_eq!(shop.me(&session).await, ADA.1);
    // A link on another site leads to the login all the same.
    let link = [cross, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    assert_eq!(shop.auth(Method::GET, "/auth/login", &link).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_sign_in_of_a_server_whose_provider_is_away_says_so_and_all_else_goes_on() {
    let shop = crate::support::Shop::with(|config| {
        config.sign_in.issuer = Some("http://127.0.0.1:9".to_owned());
        config.sign_in.jwks = Some("http://127.0.0.1:9/jwks".to_owned());
    })
    .await;
    let request = Request::get(format!("http://{}/auth/login", shop.web)).body(Full::default()).unwrap();
    assert_eq!(shop.fetch(request).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    shop.web("{ categories { name } }").await.whole();
}
