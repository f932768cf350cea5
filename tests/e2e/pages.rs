//! Pages add up to the whole list, wherever each of them ends.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::support::{Answer, Dice, Kind, Shop, product_id};

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

/// Continues after the end of a page or, as Relay allows, after any of its items.
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
    let reviews = async |first: i32, after: Value| {
        let variables = json!({ "id": id, "first": first, "after": after });
        let answer =
            shop.post(shop.web, json!({ "query": query, "variables": variables }), &[]).await.whole();
        answer.data("/product/reviews").clone()
    };
    let all = reviews(50, Value::Null).await;
    let (mut nodes, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = reviews(3, after).await;
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
async fn an_argument_that_selects_no_page_of_the_list_is_bad_input() {
    let shop = Shop::open().await;
    let foreign = shop.mobile("{ products(first: 1) { endCursor } }").await;
    let foreign = foreign.data("/products/endCursor").as_str().unwrap();
    let id = product_id("kettle-gooseneck-09");
    for query in [
        "{ products(after: \"nonsense\") { totalCount } }".to_owned(),
        "{ products(first: -1) { totalCount } }".to_owned(),
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

/// A list whose rows come and go.
struct Changing {
    /// The connection; `at` points to it in the answer.
    field: &'static str,
    at: &'static str,
    /// Inserts a row, with a number that no other has and a time in microseconds.
    insert: &'static str,
    /// Deletes one of the rows, by its position among them.
    delete: &'static str,
}

const CHANGING: [Changing; 3] = [
    Changing {
        field: "notifications(first: $first, after: $after)",
        at: "/notifications",
        insert: "INSERT INTO notifications
            (number, id, user_id, kind, title, text, read, create_time, order_id, product_id)
            VALUES (900000 + ?1, 'notification-' || (900000 + ?1), 'user-ada-lindqvist', 4, '', '', 0, ?2, '', '')",
        delete: "DELETE FROM notifications WHERE number = (SELECT number FROM notifications
            WHERE user_id = 'user-ada-lindqvist' ORDER BY number LIMIT 1 OFFSET ?1)",
    },
    Changing {
        field: "orders(first: $first, after: $after)",
        at: "/orders",
        insert: "INSERT INTO orders (number, user_id, state, total, payment_method_id, shipping_option_id,
                country_code, create_time, update_time, currency)
            SELECT 900000 + ?1, user_id, state, total, payment_method_id, shipping_option_id, country_code, ?2, ?2,
                currency FROM orders WHERE user_id = 'user-ada-lindqvist' LIMIT 1",
        delete: "DELETE FROM orders WHERE number = (SELECT number FROM orders
            WHERE user_id = 'user-ada-lindqvist' ORDER BY number LIMIT 1 OFFSET ?1)",
    },
    Changing {
        field: "product(id: $product) { reviews(first: $first, after: $after)",
        at: "/product/reviews",
        insert: "INSERT INTO reviews (id, product_id, author_id, rating, text, create_time)
            SELECT 'review-' || ?1, 'kettle-gooseneck-09', users.id, 5, 'Good.', ?2 FROM users
            WHERE users.id NOT IN (SELECT author_id FROM reviews WHERE product_id = 'kettle-gooseneck-09')
            ORDER BY users.id LIMIT 1",
        delete: "DELETE FROM reviews WHERE id = (SELECT id FROM reviews
            WHERE product_id = 'kettle-gooseneck-09' ORDER BY id LIMIT 1 OFFSET ?1)",
    },
];

impl Changing {
    /// A page: the ids of its items with their cursors, and true if there is a next page.
    async fn page(&self, shop: &Shop, first: u64, after: &Value) -> (Vec<(String, Value)>, bool) {
        let page = "{ edges { cursor node { id } } pageInfo { hasNextPage } }";
        let (product, end) = if self.field.contains('{') { (", $product: ID!", " }") } else { ("", "") };
        let query = format!("query($first: Int!, $after: String{product}) {{ {} {page}{end} }}", self.field);
        let variables =
            json!({ "first": first, "after": after, "product": product_id("kettle-gooseneck-09") });
        let answer =
            shop.query_with(Kind::Web, json!({ "query": query, "variables": variables })).await.whole();
        let connection = answer.data(self.at);
        let edges = connection["edges"].as_array().unwrap().iter();
        let items = edges.map(|it| (it["node"]["id"].as_str().unwrap().to_owned(), it["cursor"].clone()));
        (items.collect(), connection["pageInfo"]["hasNextPage"].as_bool().unwrap())
    }

    async fn all(&self, shop: &Shop) -> Vec<String> {
        self.page(shop, 50, &Value::Null).await.0.into_iter().map(|(id, _)| id).collect()
    }

    /// Inserts or deletes a row.
    fn change(&self, db: &Connection, dice: &mut Dice, number: &mut i64) {
        let i64_of = |number: u64| i64::try_from(number).unwrap();
        if dice.roll(2) == 0 {
            *number += 1;
            let time = 1_780_315_200_000_000 - i64_of(dice.roll(90 * 86_400)) * 1_000_000;
            db.execute(self.insert, params![*number, time]).unwrap();
        } else {
            let place = i64_of(dice.roll(12));
            db.execute(self.delete, params![place]).unwrap();
        }
    }
}

#[tokio::test]
async fn a_cursor_is_the_position_of_its_item_whatever_comes_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let shop = Shop::over(Some(file.clone()), |_| {}).await;
    let db = Connection::open(&file).unwrap();
    db.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    db.pragma_update(None, "foreign_keys", false).unwrap();
    let (mut dice, mut number, mut walked) = (Dice(11), 0, 0);
    for list in &CHANGING {
        for _ in 0..60 {
            while list.all(&shop).await.len() < 12 {
                number += 1;
                db.execute(list.insert, params![number, 1_780_000_000_000_000 + number * 1_000_000]).unwrap();
            }
            let before = list.all(&shop).await;
            let (mut told, mut after) = (Vec::new(), Value::Null);
            let mut throughout: BTreeSet<_> = before.iter().cloned().collect();
            loop {
                let (items, has_next) = list.page(&shop, 1 + dice.roll(5), &after).await;
                let Some(last) = items.len().checked_sub(1) else { break };
                // The next page starts after the end of this one, or after any of its items.
                let last = if dice.roll(2) == 0 {
                    usize::try_from(dice.roll(last as u64 + 1)).unwrap()
                } else {
                    last
                };
                let has_more = has_next || last + 1 < items.len();
                after = items[last].1.clone();
                told.extend(items.into_iter().take(last + 1).map(|(id, _)| id));
                list.change(&db, &mut dice, &mut number);
                let now: BTreeSet<_> = list.all(&shop).await.into_iter().collect();
                throughout.retain(|id| now.contains(id));
                if !has_more {
                    break;
                }
            }
            let distinct: BTreeSet<_> = told.iter().cloned().collect();
            assert_eq!(distinct.len(), told.len(), "{}: told twice: {told:?}", list.at);
            let left_out: Vec<_> = throughout.difference(&distinct).collect();
            assert!(left_out.is_empty(), "{}: left out: {left_out:?} of {told:?}", list.at);
            walked += told.len();
        }
    }
    assert!(walked > 1_500, "{walked}");
}

#[tokio::test]
async fn a_cursor_of_the_release_before_is_still_read() {
    let shop = Shop::open().await;
    // An old cursor: a number of items from the beginning of a page, as every edge but the last had until now.
    let old = URL_SAFE_NO_PAD.encode("2:");
    let query =
        |after: &str| format!("{{ products(first: 3{after}) {{ edges {{ cursor node {{ id }} }} }} }}");
    let ids = |answer: &Answer| -> Vec<Value> {
        let edges = answer.data("/products/edges").as_array().unwrap().clone();
        edges.iter().map(|edge| edge["node"]["id"].clone()).collect()
    };
    let first = shop.web(&query("")).await.whole();
    let behind = shop.web(&query(&format!(", after: \"{old}\""))).await.whole();
    assert_eq!(ids(&behind)[0], ids(&first)[2]);
    // A cursor written now continues after the item itself.
    let cursor = first.data("/products/edges/1/cursor").as_str().unwrap();
    let behind = shop.web(&query(&format!(", after: \"{cursor}\""))).await.whole();
    assert_eq!(ids(&behind)[0], ids(&first)[2]);
    assert_ne!(cursor, old);
}

#[tokio::test]
async fn an_invalid_page_is_an_error_that_says_what_is_wrong() {
    let shop = Shop::open().await;
    let end = URL_SAFE_NO_PAD.encode(format!("{}:", i32::MAX));
    for (arguments, field, problem) in [
        (format!("after: \"{end}\", skip: 1"), "skip", "leads past the end"),
        ("skip: -1".to_owned(), "skip", "must not be negative"),
        ("first: 51".to_owned(), "first", "between 0 and 50"),
        ("first: -1".to_owned(), "first", "between 0 and 50"),
    ] {
        let answer = shop.web(&format!("{{ products({arguments}) {{ totalCount }} }}")).await;
        let violation = &answer.body["errors"][0]["extensions"]["violations"][0];
        assert_eq!(violation["field"], field, "{}", answer.text);
        assert!(violation["description"].as_str().unwrap().contains(problem), "{}", answer.text);
    }
}
