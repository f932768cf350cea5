//! Pages, however they are walked, make up the whole list.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Answer, Dice, Shop, product_id};

async fn walk(shop: &Shop, dice: &mut Dice, full: &[String]) {
    let web = dice.roll(2) == 0;
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let most = if web { 50 } else { 20 };
        let first = 1 + dice.roll(most);
        let (to, query) = if web {
            let query = "query($first: Int!, $after: String) { products(first: $first, after: $after) {
                totalCount edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }";
            (shop.web, query)
        } else {
            let query = "query($first: Int!, $after: String) { products(first: $first, after: $after) {
                total items { id } endCursor } }";
            (shop.mobile, query)
        };
        let body = json!({ "query": query, "variables": { "first": first, "after": after } });
        let answer = shop.post(to, body, &[]).await.whole();
        let (page, next) = if web { connection(&answer, dice) } else { plain(&answer) };
        assert!(page.len() as u64 <= first);
        ids.extend(page);
        match next {
            Some(next) => after = Value::String(next),
            None => break,
        }
    }
    assert_eq!(ids, full);
}

fn plain(answer: &Answer) -> (Vec<String>, Option<String>) {
    assert_eq!(answer.data("/products/total"), 210);
    let items = answer.data("/products/items").as_array().unwrap();
    let ids = items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    (ids, answer.data("/products/endCursor").as_str().map(str::to_owned))
}

/// Goes on behind the end of a page or, as Relay allows, behind any item of it.
fn connection(answer: &Answer, dice: &mut Dice) -> (Vec<String>, Option<String>) {
    assert_eq!(answer.data("/products/totalCount"), 210);
    let edges = answer.data("/products/edges").as_array().unwrap();
    let has_next = answer.data("/products/pageInfo/hasNextPage").as_bool().unwrap();
    let end = answer.data("/products/pageInfo/endCursor").as_str().unwrap();
    assert_eq!(edges.last().unwrap()["cursor"], end);
    let last = if dice.roll(3) == 0 {
        usize::try_from(dice.roll(edges.len() as u64)).unwrap()
    } else {
        edges.len() - 1
    };
    let ids = edges[..=last].iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect();
    let more = has_next || last + 1 < edges.len();
    (ids, more.then(|| edges[last]["cursor"].as_str().unwrap().to_owned()))
}

#[tokio::test]
async fn a_thousand_random_walks_each_make_up_the_whole_list() {
    let shop = Shop::open().await;
    let mut pages = Vec::new();
    for skip in (0..210).step_by(50) {
        let answer = shop.web(&format!("{{ products(first: 50, skip: {skip}) {{ nodes {{ id }} }} }}")).await;
        let nodes = answer.whole().data("/products/nodes").as_array().unwrap().clone();
        pages.extend(nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(pages.iter().collect::<BTreeSet<_>>().len(), 210);
    let mut dice = Dice(7);
    for _ in 0..1_000 {
        walk(&shop, &mut dice, &pages).await;
    }
}

#[tokio::test]
async fn several_pages_fit_in_one_request() {
    let shop = Shop::open().await;
    let query = "{ a: products(first: 5) { nodes { id } } b: products(first: 5, skip: 5) { nodes { id } }
                   both: products(first: 10) { nodes { id } } }";
    let answer = shop.web(query).await.whole();
    let nodes = |page: &str| answer.data(&format!("/{page}/nodes")).as_array().unwrap().clone();
    assert_eq!([nodes("a"), nodes("b")].concat(), nodes("both"));
}

#[tokio::test]
async fn reviews_are_walked_to_their_end() {
    let shop = Shop::open().await;
    let id = product_id("kettle-gooseneck-09");
    let query = "query($id: ID!, $first: Int!, $after: String) { product(id: $id) {
        reviews(first: $first, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } } }";
    let ask = async |first: i32, after: Value| {
        let variables = json!({ "id": id, "first": first, "after": after });
        let answer =
            shop.post(shop.web, json!({ "query": query, "variables": variables }), &[]).await.whole();
        answer.data("/product/reviews").clone()
    };
    let all = ask(50, Value::Null).await;
    let (mut nodes, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = ask(3, after).await;
        nodes.extend(page["nodes"].as_array().unwrap().clone());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert!(nodes.len() > 3);
    assert_eq!(Value::Array(nodes), all["nodes"]);
}

#[tokio::test]
async fn what_is_not_a_cursor_of_the_list_is_bad_input() {
    let shop = Shop::open().await;
    let foreign = shop.mobile("{ products(first: 1) { endCursor } }").await;
    let foreign = foreign.data("/products/endCursor").as_str().unwrap();
    let id = product_id("kettle-gooseneck-09");
    for query in [
        "{ products(after: \"nonsense\") { totalCount } }".to_owned(),
        "{ products(first: 0) { totalCount } }".to_owned(),
        "{ products(first: 51) { totalCount } }".to_owned(),
        "{ products(skip: -1) { totalCount } }".to_owned(),
        "{ products(category: \"coffee\") { totalCount } }".to_owned(),
    ] {
        let answer = shop.web(&query).await;
        assert_eq!(answer.errors(), ["products: BAD_USER_INPUT"], "{query}");
    }
    let query = format!("{{ product(id: \"{id}\") {{ reviews(after: \"{foreign}\") {{ totalCount }} }} }}");
    let answer = shop.web(&query).await;
    assert_eq!(answer.errors(), ["product.reviews: BAD_USER_INPUT"]);
}
