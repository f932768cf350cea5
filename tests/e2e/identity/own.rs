//! A team's own sign-in: the session cookie of the system that they have.

use std::collections::HashMap;
use std::time::Duration;

use async_graphql::{Context, EmptyMutation, Object};
use bff_kit::host::config::ConfigError;
use bff_kit::identity::{Actor, Challenge, Principal, RequestHead, Scopes, SignIn, SigningIn, signed_in};
use bff_kit::{
    AnyClient, AnySignIn, AutomaticQueries, Client, DocumentPolicy, Limits, OperationPolicy, Reading as _,
    SignInSetup,
};
use bytes::Bytes;
use fetch::Policies;
use futures_util::FutureExt as _;
use http::{HeaderName, Request, StatusCode, header};
use http_body_util::Full;
use tokio::time::sleep;

use crate::support::{Answer, Pipe};

/// Asks the system of the team who a session belongs to.
struct TeamSignIn {
    users: HashMap<&'static str, &'static str>,
}

impl TeamSignIn {
    async fn user(&self, session: &str) -> Result<Principal, Challenge> {
        sleep(Duration::from_millis(5)).await;
        match self.users.get(session) {
            Some(user) => {
                Ok(Principal::of_user(*user).with_scopes(Scopes::parse("orders:read").unwrap_or_default()))
            }
            None => Err(Challenge::rejected("Session", "the session is unknown or has ended")),
        }
    }
}

impl SignIn for TeamSignIn {
    fn sign_in<'a>(&'a self, request: RequestHead<'a>) -> SigningIn<'a> {
        let cookies = request.headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
        let session = cookies.flat_map(|it| it.split("; ")).find_map(|it| it.strip_prefix("__Host-team="));
        match session {
            Some(session) => SigningIn::Right(self.user(session).boxed()),
            None => signed_in(Ok(Principal::anonymous())),
        }
    }

    fn reads(&self) -> Vec<HeaderName> {
        vec![header::COOKIE]
    }
}

/// A client that signs in by it.
struct Team;

impl Client for Team {
    const NAME: &'static str = "bff-team";
    const LIMITS: Limits = Limits::DEFAULT;
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Never };
    type Query = Query;
    type Mutation = EmptyMutation;

    fn policies() -> Policies {
        Policies::new()
    }

    fn sign_in(_: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
        Ok(Box::new(TeamSignIn { users: [("session-of-ada", "ada"), ("session-of-zoe", "zoe")].into() }))
    }
}

#[derive(Default)]
struct Query;

impl bff_kit::program::Shown for Query {}

#[Object]
impl Query {
    async fn me(&self, ctx: &Context<'_>) -> Option<String> {
        let principal = ctx.scope().principal();
        match principal.actor() {
            Actor::User(id) if principal.scopes().has("orders:read") => Some(id.to_string()),
            _ => None,
        }
    }
}

async fn me(pipe: &Pipe, cookie: Option<&str>) -> Answer {
    let mut request = Request::get("/graphql?query=%7Bme%7D").header(header::HOST, "bff");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    pipe.http1().await.send(request.body(Full::<Bytes>::default()).unwrap()).await
}

#[tokio::test]
async fn a_team_brings_its_own_sign_in_in_forty_lines() {
    let pipe = Pipe::open(AnyClient::of::<Team>());
    assert!(me(&pipe, None).await.whole().data("/me").is_null());
    assert!(me(&pipe, Some("theme=dark")).await.whole().data("/me").is_null());
    for user in ["ada", "zoe"] {
        let answer = me(&pipe, Some(&format!("theme=dark; __Host-team=session-of-{user}"))).await.whole();
        assert_eq!(answer.data("/me"), user);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    }
    let unknown = me(&pipe, Some("__Host-team=made-up")).await;
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
    assert_eq!(unknown.headers[header::WWW_AUTHENTICATE], "Session");
    assert!(unknown.body.get("data").is_none(), "{}", unknown.text);
}
