use crate::support::{ADA, Served, phone, web};

const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;";

#[tokio::test(start_paused = true)]
async fn hostile_text_stays_text() {
    let served = Served::start();
    for name in ["login_hint", "state", "nonce"] {
        let reply = served.authorize(&phone().with(name, HOSTILE), &[]).await;
        assert_eq!(reply.status, 200);
        for bad in ["<script", "<img", "onerror='", HOSTILE] {
            assert!(!reply.body.contains(bad), "{name}: {bad}");
        }
        assert!(reply.body.contains("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"), "{name}");
        assert!(reply.body.contains("&#39;alert(2)&#39;&gt;&amp;amp;"), "{name}");
    }
    // The form brings the text back as it was.
    let reply = served.choose(&phone().with("state", HOSTILE), ADA).await;
    assert_eq!(reply.parameter("state").unwrap(), HOSTILE);
    let unknown = served.authorize(&phone().with("client_id", HOSTILE), &[]).await;
    assert!(unknown.status == 400 && !unknown.body.contains("script"));
}

#[tokio::test(start_paused = true)]
async fn the_page_loads_nothing_and_runs_nothing() {
    let served = Served::start();
    let reply = served.authorize(&phone(), &[]).await;
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.contains("; base-uri 'none'; frame-ancestors 'none'; "), "{policy}");
    assert!(policy.ends_with("; form-action 'self' example.shop.phone:"), "{policy}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    for absent in ["<script", "<link", "<img", "src=", "href=", "style=\""] {
        assert!(!reply.body.contains(absent), "{absent}");
    }
    let policy = served.authorize(&web(), &[]).await;
    assert!(policy.header("content-security-policy").unwrap().ends_with("form-action 'self' http:"));
}

#[tokio::test(start_paused = true)]
async fn every_user_of_the_seed_is_there_and_a_hint_comes_first() {
    let served = Served::start();
    let page = served.authorize(&phone(), &[]).await.body;
    assert_eq!(page.matches("name=\"demo_user\"").count(), 61);
    assert!(page.contains(">Zoë M.<small>user-zoe-marchetti</small></button>"));
    assert!(!page.contains("autofocus"));
    for hint in ["user-zoe-marchetti", "user-zoe-marchetti@mail.example"] {
        let page = served.authorize(&phone().with("login_hint", hint), &[]).await.body;
        let first = page.find("name=\"demo_user\"").unwrap();
        assert!(page[first..].starts_with("name=\"demo_user\" value=\"user-zoe-marchetti\" autofocus>"));
        assert_eq!(page.matches("name=\"demo_user\"").count(), 61);
    }
}

#[tokio::test(start_paused = true)]
async fn the_user_who_is_signed_in_comes_first_and_is_asked_again() {
    let served = Served::start();
    let cookie = served.choose(&phone(), "user-zoe-marchetti").await.cookie();
    let page = served.authorize(&phone(), &[("cookie", cookie.as_str())]).await;
    assert_eq!(page.status, 200);
    let first = page.body.find("name=\"demo_user\"").unwrap();
    assert!(page.body[first..].starts_with("name=\"demo_user\" value=\"user-zoe-marchetti\" autofocus>"));
    assert!(page.body.contains("<small>user-zoe-marchetti, signed in</small>"));
}
