use serde_json::json;

use crate::support::{ADA, Reply, Served};

async fn userinfo(served: &Served, token: &str) -> Reply {
    served.get("/userinfo", &[("authorization", format!("Bearer {token}").as_str())]).await
}

#[tokio::test(start_paused = true)]
async fn scopes_decide_the_claims() {
    let served = Served::start();
    let all =
        json!({ "sub": ADA, "name": "Ada L.", "given_name": "Ada", "email": format!("{ADA}@mail.example") });
    for (scopes, claims) in [
        ("openid", json!({ "sub": ADA })),
        ("openid email", json!({ "sub": ADA, "email": all["email"] })),
        ("openid profile email", all.clone()),
    ] {
        let token = served.provider.phone_token(ADA, scopes);
        assert_eq!(userinfo(&served, &token).await.json(), claims);
    }
    let stranger = served.provider.phone_token("user-new-customer", "openid profile email");
    assert_eq!(userinfo(&served, &stranger).await.json(), json!({ "sub": "user-new-customer" }));
}

#[tokio::test(start_paused = true)]
async fn a_bad_token_shows_nothing() {
    let served = Served::start();
    let reply = served.get("/userinfo", &[]).await;
    assert_eq!((reply.status.as_u16(), reply.header("www-authenticate")), (401, Some("Bearer")));
    let reply = userinfo(&served, "a.b.c").await;
    let challenge = Some("Bearer error=\"invalid_token\"");
    assert_eq!((reply.status.as_u16(), reply.header("www-authenticate")), (401, challenge));
    let reply = userinfo(&served, &served.provider.phone_token(ADA, "profile")).await;
    let challenge = Some("Bearer error=\"insufficient_scope\", scope=\"openid\"");
    assert_eq!((reply.status.as_u16(), reply.header("www-authenticate")), (403, challenge));

    let token = served.provider.phone_token(ADA, "openid");
    served.pass(8 * 60 * 60 - 1);
    assert_eq!(userinfo(&served, &token).await.status, 200);
    served.pass(1);
    assert_eq!(userinfo(&served, &token).await.status, 401);
}
