//! Requests of many users at the same time: whatever they share, each user sees her own data.

use std::sync::Arc;

use proto::admin::Fault;
use serde_json::json;
use tokio::task::JoinSet;

use crate::freshness::as_users_have_it;
use crate::support::{Dice, Kind, Shop};

/// Clients at a time.
const CLIENTS: usize = 64;

/// Requests in all, and requests of one client in a row.
const REQUESTS: usize = 10_000;
const IN_A_ROW: usize = 50;

const USERS: [&str; 6] = [
    "user-ada-lindqvist",
    "user-zoe-marchetti",
    "user-lukasz-wrona",
    "user-nuria-pascual",
    "user-emile-dufresne",
    "user-of-nobody",
];

/// What is the user's beside what is everybody's, in one request and by itself.
const QUERIES: [(Kind, &str); 4] = [
    (
        Kind::Mobile,
        "{ home { name avatar cartCount unreadCount recommended(first: 2) { name price { text } } }
           products(first: 3) { items { name inStock price { text was } rating } } }",
    ),
    (Kind::Mobile, "{ orders { total items { id total } } cart { count total lines { product { name } } } }"),
    (
        Kind::Web,
        "{ viewer { id preferences { language country } } products(first: 2) { nodes { name price { current { amount } } } } }",
    ),
    (Kind::Web, "{ notifications(first: 3) { unreadCount nodes { id } } categories { name } }"),
];

async fn ask(shop: &Shop, user: &str, at: usize) -> String {
    let (kind, query) = QUERIES[at];
    let body = json!({ "query": query });
    let answer = shop.post(shop.address(kind), body, &[("x-user-id", user)]).await;
    assert_eq!(answer.degraded(), Vec::<String>::new());
    answer.text
}

// On a paused clock, so that answers come in any order and none is late because the machine is busy.
#[tokio::test(start_paused = true)]
async fn ten_thousand_interleaved_requests_show_nobody_the_data_of_another() {
    // Answers are known from a shop in which nothing is shared, since there is one request at a time and no cache.
    let alone = Shop::in_memory(|config| config.cache.value_bytes = 0);
    let mut expected = Vec::new();
    for user in USERS {
        for at in 0..QUERIES.len() {
            expected.push(ask(&alone, user, at).await);
        }
    }
    let told_apart = |at: usize| {
        let texts: std::collections::BTreeSet<_> = expected.iter().skip(at).step_by(QUERIES.len()).collect();
        texts.len()
    };
    assert!((0..QUERIES.len()).all(|at| told_apart(at) >= 3), "users that see the same prove nothing");

    let shop = Shop::in_memory(|config| {
        as_users_have_it(config);
        // Latencies on a paused clock say nothing of how much the server can do.
        config.admission.max_requests = 0;
    });
    let expected = Arc::new(expected);
    for rpc in [
        "shop.pricing.v1.PricingService/BatchGetPrices",
        "shop.catalog.v1.CatalogService/ListProducts",
        "shop.users.v1.UserService/BatchGetUsers",
    ] {
        let jitter = Some(prost_types::Duration { seconds: 0, nanos: 3_000_000 });
        shop.fail(Fault { rpc: rpc.to_owned(), jitter, ..Fault::default() });
    }
    let shop = Arc::new(shop);
    let mut clients = JoinSet::new();
    let mut started = 0;
    while started < REQUESTS || !clients.is_empty() {
        while started < REQUESTS && clients.len() < CLIENTS {
            let (shop, expected) = (shop.clone(), expected.clone());
            let mut dice = Dice(started as u64);
            clients.spawn(async move {
                for _ in 0..IN_A_ROW {
                    let mut one_of = |count: usize| usize::try_from(dice.roll(count as u64)).unwrap();
                    let (user, at) = (one_of(USERS.len()), one_of(QUERIES.len()));
                    let text = ask(&shop, USERS[user], at).await;
                    assert_eq!(text, expected[user * QUERIES.len() + at], "{}", USERS[user]);
                }
            });
            started += IN_A_ROW;
        }
        clients.join_next().await.unwrap().unwrap();
    }
}
