//! Customers order while the process is killed again and again; then all of them repeat all calls.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::Path,
};

use domain_stubs::credential::Actor;
use proto::orders::{ListOrdersRequest, Order};
use tokio::sync::mpsc;

use crate::{
    program::Program,
    shop::{Authorisation, Clients, Ledger, cents, connect, order_by},
};

/// Customers, each with their own cart and orders.
const USERS: [&str; 8] = [
    "user-ada-lindqvist",
    "user-zoe-marchetti",
    "user-lukasz-wrona",
    "user-nuria-pascual",
    "user-emile-dufresne",
    "user-sakura-kobayashi",
    "user-tomas-hrdlicka",
    "user-ingrid-solberg",
];

/// Number of times the process is killed.
const KILLS: usize = 8;

/// Orders that are acknowledged before it is killed, each time.
const ENOUGH: usize = 12;

/// A customer, with the orders they know of.
struct Customer {
    user: &'static str,
    /// Rounds that were begun: each puts a product into the cart and orders it.
    begun: usize,
    /// Orders that were acknowledged, by round.
    acknowledged: BTreeMap<usize, Order>,
}

#[tokio::test]
async fn every_order_exists_once_and_stock_payment_and_cart_agree_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let program = Program::start(&file);
    let products = most_stocked(program.address).await;
    let orders_before = orders(program.address).await;
    let stock_before = stock(program.address, &products).await;
    empty_carts(program.address).await;
    program.kill();
    let seeded = Ledger::open(&file).authorisations().into_keys().collect();

    let mut customers: Vec<_> =
        USERS.map(|user| Customer { user, begun: 0, acknowledged: BTreeMap::new() }).into();
    for _ in 0..KILLS {
        customers = order_until_killed(&file, customers, &products).await;
    }
    let acknowledged: usize = customers.iter().map(|customer| customer.acknowledged.len()).sum();
    let begun: usize = customers.iter().map(|customer| customer.begun).sum();
    assert!(acknowledged >= KILLS * ENOUGH && begun > acknowledged, "{acknowledged} of {begun}");

    let program = Program::start(&file);
    let placed = repeat_everything(program.address, &customers, &products).await;
    assert_eq!(placed.len(), begun, "each key is an order of its own");

    let mut orders_after = orders(program.address).await;
    orders_after.retain(|id, _| !orders_before.contains_key(id));
    assert_eq!(orders_after, placed, "there is no order without a key");
    let mut sold = BTreeMap::new();
    for item in placed.values().flat_map(|order| &order.items) {
        *sold.entry(item.product_id.clone()).or_default() += i64::from(item.quantity);
    }
    for (product, before) in stock_before {
        let left = stock(program.address, std::slice::from_ref(&product)).await[&product];
        assert_eq!(left, before - sold.get(&product).unwrap_or(&0), "{product}");
    }
    program.kill();
    check_ledger(&Ledger::open(&file), &placed, &seeded);
}

/// Starts the process, lets the customers continue, and kills it when enough orders were
/// acknowledged.
async fn order_until_killed(file: &Path, customers: Vec<Customer>, products: &[String]) -> Vec<Customer> {
    let program = Program::start(file);
    let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
    let mut shoppers = Vec::new();
    for customer in customers {
        let clients = Clients::of_now(&connect(program.address).await, Actor::User, customer.user);
        let (products, acknowledge) = (products.to_vec(), acknowledge.clone());
        shoppers.push(tokio::spawn(order_until_it_fails(clients, customer, products, acknowledge)));
    }
    for _ in 0..ENOUGH {
        acknowledged.recv().await.unwrap();
    }
    // All customers are ordering now.
    program.kill();
    let mut customers = Vec::new();
    for shopper in shoppers {
        customers.push(shopper.await.unwrap());
    }
    customers
}

async fn order_until_it_fails(
    clients: Clients,
    mut customer: Customer,
    products: Vec<String>,
    acknowledge: mpsc::UnboundedSender<()>,
) -> Customer {
    // The last round may have failed: it is begun again, with the same keys.
    for round in customer.begun.saturating_sub(1).. {
        customer.begun = round + 1;
        let Ok(order) = buy(&clients, customer.user, round, &products).await else { break };
        let known = customer.acknowledged.insert(round, order.clone());
        assert!(known.is_none_or(|known| known == order));
        // The receiver may be gone while the process is being killed.
        acknowledge.send(()).ok();
    }
    customer
}

/// Puts a product into the cart and orders it, with keys that follow from the round.
async fn buy(
    clients: &Clients,
    user: &str,
    round: usize,
    products: &[String],
) -> Result<Order, tonic::Status> {
    let product = &products[round % products.len()];
    let quantity = 1 + i32::from(round.is_multiple_of(3));
    clients.add(&format!("adding-{round}"), product, quantity).await?;
    clients.place(order_by(user, &format!("placing-{round}"))).await
}

/// Makes every call again, one after the other; returns all orders.
async fn repeat_everything(
    address: SocketAddr,
    customers: &[Customer],
    products: &[String],
) -> BTreeMap<String, Order> {
    let channel = connect(address).await;
    let mut placed = BTreeMap::new();
    for customer in customers {
        let clients = Clients::of_now(&channel, Actor::User, customer.user);
        for round in 0..customer.begun {
            let order = buy(&clients, customer.user, round, products).await.unwrap();
            if let Some(acknowledged) = customer.acknowledged.get(&round) {
                assert_eq!(&order, acknowledged, "what was acknowledged is returned again");
            }
            assert_eq!(order.items.len(), 1, "{order:?}");
            placed.insert(order.id.clone(), order);
        }
        assert_eq!(clients.cart().await.items, [], "whatever was put into the cart was ordered");
    }
    placed
}

/// Compares the records that no service shows with the orders.
fn check_ledger(ledger: &Ledger, placed: &BTreeMap<String, Order>, seeded: &BTreeSet<String>) {
    let mut authorisations = ledger.authorisations();
    authorisations.retain(|id, _| !seeded.contains(id));
    let expected = placed.values().map(|order| {
        let (method, cents) = (order.payment_method_id.clone(), cents(order.total.as_ref()));
        (order.id.clone(), Authorisation { method, cents, released: false })
    });
    assert_eq!(authorisations, expected.collect());
    let mut picks = ledger.picks();
    picks.retain(|(order, _), _| !seeded.contains(order));
    let items = placed.values().flat_map(|order| order.items.iter().map(move |item| (order, item)));
    let expected =
        items.map(|(order, item)| ((order.id.clone(), item.product_id.clone()), i64::from(item.quantity)));
    assert_eq!(picks, expected.collect());
}

/// All orders of the customers, by identifier.
async fn orders(address: SocketAddr) -> BTreeMap<String, Order> {
    let channel = connect(address).await;
    let mut orders = BTreeMap::new();
    for user in USERS {
        let clients = Clients::of_now(&channel, Actor::User, user);
        let mut request = ListOrdersRequest { page_size: 50, ..Default::default() };
        loop {
            let page = clients.list_orders(request.clone()).await.unwrap();
            orders.extend(page.orders.into_iter().map(|order| (order.id.clone(), order)));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
    }
    orders
}

async fn empty_carts(address: SocketAddr) {
    let channel = connect(address).await;
    for user in USERS {
        let clients = Clients::of_now(&channel, Actor::User, user);
        for item in clients.cart().await.items {
            clients.remove(&format!("out-with-{}", item.product_id), &item.product_id).await.unwrap();
        }
    }
}

/// The five products of which there are the most, so that none runs out.
async fn most_stocked(address: SocketAddr) -> Vec<String> {
    let clients = Clients::of_now(&connect(address).await, Actor::User, USERS[0]);
    let all: Vec<_> = clients.all_products(&["id"]).await.into_iter().map(|product| product.id).collect();
    let mut products: Vec<_> = stock(address, &all).await.into_iter().collect();
    products.sort_by_key(|(_, quantity)| std::cmp::Reverse(*quantity));
    products.truncate(5);
    products.into_iter().map(|(product, _)| product).collect()
}

/// The stock of each product.
async fn stock(address: SocketAddr, products: &[String]) -> BTreeMap<String, i64> {
    let clients = Clients::of_now(&connect(address).await, Actor::User, USERS[0]);
    let mut stock = BTreeMap::new();
    for products in products.chunks(100) {
        let outcomes = clients.stocks(products.to_vec(), None).await.unwrap();
        stock.extend(outcomes.into_iter().map(|(product, stock)| (product, stock.unwrap().total_quantity)));
    }
    stock
}
