use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain_stubs::provider::DEVELOPMENT_CLIENT_SECRET;

use crate::support::{Form, Served, bff, form};

fn request() -> Form {
    form().with("grant_type", "client_credentials").with("audience", "shop.catalog.v1.CatalogService")
}

async fn status(served: &Served, credentials: &str, form: &Form) -> u16 {
    let value = format!("Basic {}", STANDARD.encode(credentials));
    served.post("/token", &[("authorization", value.as_str())], form).await.status.as_u16()
}

#[tokio::test(start_paused = true)]
async fn a_secret_comes_in_the_header_or_in_the_form() {
    let served = Served::start();
    let by_form = bff("bff-web")
        .with("grant_type", "client_credentials")
        .with("audience", "shop.catalog.v1.CatalogService");
    assert_eq!(served.token(&by_form).await.status, 200);
    let secret = DEVELOPMENT_CLIENT_SECRET;
    for credentials in [format!("bff-web:{secret}"), format!("bff%2Dweb:{secret}")] {
        assert_eq!(status(&served, &credentials, &request()).await, 200);
        assert_eq!(status(&served, &credentials, &request().with("client_id", "bff-web")).await, 200);
        assert_eq!(status(&served, &credentials, &request().with("client_id", "bff-iot")).await, 400);
        assert_eq!(status(&served, &credentials, &request().with("client_secret", secret)).await, 400);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_with_a_wrong_secret_is_not_known() {
    let served = Served::start();
    for credentials in
        ["bff-web:wrong", "bff-web:", "bff-web", "nobody:wrong", "shop-phone:", "shop-phone:a", ""]
    {
        assert_eq!(status(&served, credentials, &request()).await, 401, "{credentials}");
    }
    for form in [
        request(),
        request().with("client_id", "bff-web"),
        request().with("client_id", "nobody"),
        bff("bff-web").with("client_secret", "wrong").with("grant_type", "client_credentials"),
        bff("shop-phone").with("grant_type", "client_credentials"),
    ] {
        let reply = served.token(&form).await;
        reply.is_error(401, "invalid_client");
        assert_eq!(reply.header("www-authenticate"), Some("Basic realm=\"clients of the shop\""));
    }
    let bearer = [("authorization", "Bearer a")];
    served.post("/token", &bearer, &request()).await.is_error(401, "invalid_client");
}

#[tokio::test(start_paused = true)]
async fn a_request_must_be_a_form_in_which_nothing_stands_twice() {
    let served = Served::start();
    let good = bff("bff-web")
        .with("grant_type", "client_credentials")
        .with("audience", "shop.catalog.v1.CatalogService")
        .encode();
    let send = async |kind: &str, body: String| {
        let request = http::Request::post("/token").header("host", "localhost").header("content-type", kind);
        served.send(request.body(body).unwrap()).await
    };
    let kind = "application/x-www-form-urlencoded;charset=UTF-8";
    assert_eq!(send(kind, good.clone()).await.status, 200);
    send("application/json", good.clone()).await.is_error(400, "invalid_request");
    send(kind, format!("{good}&audience=catalog")).await.is_error(400, "invalid_request");
    send(kind, format!("{good}&more={}", "a".repeat(16 * 1024))).await.is_error(400, "invalid_request");
    assert_eq!(send(kind, format!("{good}&more=1")).await.status, 200, "what is unknown is ignored");
    served
        .token(&bff("bff-web").with("grant_type", "password"))
        .await
        .is_error(400, "unsupported_grant_type");
}
