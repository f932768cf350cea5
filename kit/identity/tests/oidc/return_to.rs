//! Places to which a browser may return.

use http::StatusCode;

use crate::browser::Server;
use crate::provider::query;

/// Places that are permitted, and the URL to which each leads.
const GOOD: [(&str, &str); 12] = [
    ("/", "https://shop.example/"),
    ("/cart", "https://shop.example/cart"),
    ("/cart?open=1&x=%2F#top", "https://shop.example/cart?open=1&x=%2F#top"),
    ("/a/../b", "https://shop.example/b"),
    ("/@evil.example", "https://shop.example/@evil.example"),
    ("/https://evil.example", "https://shop.example/https://evil.example"),
    ("/.//evil.example", "https://shop.example//evil.example"),
    ("https://shop.example", "https://shop.example/"),
    ("https://shop.example:443/cart", "https://shop.example/cart"),
    ("HTTPS://SHOP.example/cart", "https://shop.example/cart"),
    ("http://localhost:5173/cart", "http://localhost:5173/cart"),
    ("https://shop.example/?to=https://evil.example@x", "https://shop.example/?to=https://evil.example@x"),
];

/// Places that are not.
const BAD: [&str; 34] = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/cart\\",
    "https:\\\\shop.example\\",
    "cart",
    "?open=1",
    "#top",
    ".",
    "https:shop.example",
    "https:/shop.example/cart",
    "https:///shop.example",
    "https://evil.example/",
    "https://shop.example.evil.example/",
    "https://evil.shop.example/",
    "https://shop.example:8443/",
    "http://shop.example/",
    "http://localhost/",
    "https://localhost:5173/",
    "https://ada@shop.example/",
    "https://ada:secret@shop.example/",
    "https://@shop.example/",
    "https://shop.example@evil.example/",
    "javascript:alert(1)",
    "javascript://shop.example/%0aalert(1)",
    "data:text/html,evil",
    "/cart\r\nSet-Cookie: a=b",
    "/cart\t",
    " /cart",
    "/c\u{e4}rt",
    "https://shop\u{ff0e}example/",
];

#[tokio::test]
async fn a_browser_returns_to_a_path_or_an_origin_of_the_settings() {
    let server = Server::start().await;
    for (place, expected) in GOOD {
        let mut browser = server.browser();
        let request = browser.begin(place).await;
        let answer = browser.come_back(&server.provider.authorize(&request)).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, expected), "{place}");
    }
    let mut browser = server.browser();
    let answer = browser.get("/auth/login").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "no place is the first page");
}

#[tokio::test]
async fn a_browser_is_sent_nowhere_else() {
    let server = Server::start().await;
    let long = format!("/{}", "a".repeat(1024));
    for place in BAD.into_iter().chain([long.as_str()]) {
        let answer = server.browser().get(&format!("/auth/login?{}", query(&[("return_to", place)]))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{place}");
        assert!(answer.cookies().is_empty(), "{place}");
    }
    let twice = server.browser().get("/auth/login?return_to=%2F&return_to=%2Fcart").await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
}
