//! The endpoints of the provider.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{CALLBACK, CLIENT, Provider, SECRET, TOKEN_LIFETIME};
use crate::keys::encode;

pub(super) fn routes(provider: Provider) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(metadata))
        .route("/jwks", get(jwks))
        .route("/token", post(token))
        .route("/revoke", post(revoke))
        .layer(from_fn_with_state(provider.clone(), fail))
        .with_state(provider)
}

async fn fail(State(provider): State<Provider>, request: Request, next: Next) -> Response {
    let fails_with = {
        let mut state = provider.state();
        state.calls += 1;
        state.fails_with
    };
    match fails_with {
        Some(status) => StatusCode::from_u16(status).unwrap().into_response(),
        None => next.run(request).await,
    }
}

async fn metadata(State(provider): State<Provider>) -> Response {
    answer(200, &provider.state().metadata)
}

async fn jwks(State(provider): State<Provider>) -> Response {
    let keys: Vec<_> = provider.state().published.iter().map(crate::keys::TestKey::jwk).collect();
    answer(200, &json!({ "keys": keys }))
}

async fn token(State(provider): State<Provider>, headers: HeaderMap, form: Bytes) -> Response {
    if !is_client(&headers) {
        return answer(401, &json!({ "error": "invalid_client" }));
    }
    let form: BTreeMap<String, String> = form_urlencoded::parse(&form).into_owned().collect();
    let is_refresh = form["grant_type"] == "refresh_token";
    let instead = {
        let mut state = provider.state();
        state.refreshes += usize::from(is_refresh);
        state.token_answer.clone()
    };
    if let Some((status, body)) = instead {
        return answer(status, &body);
    }
    let answered = if is_refresh { refresh(&provider, &form) } else { exchange(&provider, &form) };
    answered.map_or_else(
        || answer(400, &json!({ "error": "invalid_grant", "error_description": "secret words" })),
        |body| answer(200, &body),
    )
}

/// Exchanges a code, which is good once, for whoever has the verifier of its challenge.
fn exchange(provider: &Provider, form: &BTreeMap<String, String>) -> Option<Value> {
    let request = provider.state().codes.remove(&form["code"])?;
    let verifier = ring::digest::digest(&ring::digest::SHA256, form["code_verifier"].as_bytes());
    if request["code_challenge"] != encode(verifier) || form["redirect_uri"] != CALLBACK {
        return None;
    }
    let user = provider.state().user.clone();
    let mut body = tokens(provider);
    let access_token = body["access_token"].as_str().unwrap().to_owned();
    body["id_token"] = provider.id_token(&user, Some(&request["nonce"]), &access_token).into();
    body["scope"] = "openid offline_access cart".into();
    Some(body)
}

fn refresh(provider: &Provider, form: &BTreeMap<String, String>) -> Option<Value> {
    let other = {
        let mut state = provider.state();
        if !state.refresh_tokens.contains(&form["refresh_token"]) {
            // The second use of a token is taken for a theft.
            state.refresh_tokens.clear();
            return None;
        }
        if state.rotates {
            state.refresh_tokens.retain(|it| *it != form["refresh_token"]);
        }
        state.refreshed_user.clone()
    };
    let mut body = tokens(provider);
    if !provider.state().rotates {
        body.as_object_mut().unwrap().remove("refresh_token");
    }
    if let Some(user) = other {
        let access_token = body["access_token"].as_str().unwrap().to_owned();
        body["id_token"] = provider.id_token(&user, None, &access_token).into();
    }
    Some(body)
}

fn tokens(provider: &Provider) -> Value {
    let (access_token, refresh_token) = (provider.secret("access"), provider.secret("refresh"));
    provider.state().refresh_tokens.push(refresh_token.clone());
    json!({
        "access_token": access_token, "token_type": "Bearer", "expires_in": TOKEN_LIFETIME,
        "refresh_token": refresh_token,
    })
}

async fn revoke(State(provider): State<Provider>, headers: HeaderMap, form: Bytes) -> StatusCode {
    assert!(is_client(&headers));
    let form: BTreeMap<String, String> = form_urlencoded::parse(&form).into_owned().collect();
    provider.state().revoked.push(form["token"].clone());
    StatusCode::OK
}

/// Returns true for the credentials of the client, encoded twice as RFC 6749, section 2.3.1 asks for.
fn is_client(headers: &HeaderMap) -> bool {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(CLIENT), encoded(SECRET));
    headers.get(AUTHORIZATION).is_some_and(|it| *it == format!("Basic {}", STANDARD.encode(pair)))
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
