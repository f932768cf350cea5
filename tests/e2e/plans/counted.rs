//! Every operation makes the calls of its plan, each with as many keys as its lists are long.

use std::fmt::Write as _;

use operation::PlannedCall;
use serde_json::Value;

use crate::support::{ADA, Answer, Kind, Operation, SHELF, Shop, assert_snapshot, operations};

/// Calls and keys that were made for a planned call.
struct Made {
    calls: u64,
    keys: u64,
}

/// Runs an operation and compares each call with the planned call of its slot.
async fn counted(shop: &Shop, operation: &Operation, variables: &Value, what: &str) -> Answer {
    let what = format!("{} {} {what}", operation.kind, operation.name);
    let who = if operation.kind == Kind::Iot { SHELF } else { ADA };
    let headers = [who, ("x-bff-plan", "analyze")];
    let answer = shop.post(shop.address(operation.kind), operation.body(variables), &headers).await;
    assert!(answer.body.get("data").is_some(), "{what}: {}", answer.text);
    let told = &answer.body["extensions"]["plan"];
    let observed = told["observed"]["calls"].as_array().unwrap();
    for call in observed {
        let planned = planned(operation).find(|planned| is_of(call, planned));
        assert!(planned.is_some(), "{what}: {call} is not in the plan");
    }
    for planned in planned(operation) {
        let Made { calls, keys } = made(&answer, planned);
        let most = evaluated(operation, planned, variables);
        assert!(keys <= most, "{what}: {} fetched {keys} keys of {most}", planned.name);
        let most = most.div_ceil(planned.keys_per_call);
        assert!(calls <= most, "{what}: {} took {calls} calls of {most}", planned.name);
    }
    let bytes = serde_json::to_string(&answer.body["data"]).unwrap().len() as u64;
    assert!(bytes <= operation.plan.total.bytes, "{what}: {bytes} bytes of {}", operation.plan.total.bytes);
    answer
}

fn planned(operation: &Operation) -> impl Iterator<Item = &PlannedCall> {
    operation.plan.waves.iter().flat_map(|wave| &wave.calls).chain(&operation.plan.later)
}

fn is_of(call: &Value, planned: &PlannedCall) -> bool {
    call["name"] == planned.name.as_str() && call["slot"].as_u64() == planned.slot.map(|slot| slot as u64)
}

/// The calls made for a planned call.
fn made(answer: &Answer, planned: &PlannedCall) -> Made {
    let calls = answer.body["extensions"]["plan"]["observed"]["calls"].as_array().unwrap().iter();
    let made: Vec<_> = calls.filter(|call| is_of(call, planned)).collect();
    Made { calls: made.len() as u64, keys: made.iter().map(|call| call["keys"].as_u64().unwrap()).sum() }
}

/// The number of keys that the formula of a planned call gives for these variables.
fn evaluated(operation: &Operation, planned: &PlannedCall, variables: &Value) -> u64 {
    let formula = planned.keys.formula.as_str();
    if formula.is_empty() {
        return planned.keys.most;
    }
    let factor = |factor: &str| match factor.strip_prefix('$') {
        Some(variable) => operation.length(variable, variables).unwrap_or(operation.plan.lists[variable]),
        None => factor.parse().unwrap(),
    };
    formula.split(" + ").map(|term| term.split(" × ").map(factor).product::<u64>()).sum()
}

/// A shop in which Ada has as much as she may: several orders of 50 products, and 50 more in her cart.
async fn rich_shop() -> (Shop, Vec<String>) {
    let shop = Shop::open().await;
    let page = |skip: i32| format!("{{ products(first: 50, skip: {skip}) {{ nodes {{ id }} }} }}");
    let mut products = Vec::new();
    for skip in [0, 50, 100, 150] {
        let answer = shop.web(&page(skip)).await.whole();
        let nodes = answer.data("/products/nodes").as_array().unwrap();
        products.extend(nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()));
    }
    let methods = shop.query(Kind::Mobile, "{ cart { paymentMethods { id } } }").await.whole();
    let method = methods.data("/cart/paymentMethods/0/id").as_str().unwrap().to_owned();
    for round in 0..4 {
        for (index, product) in products.iter().enumerate() {
            let add = format!(
                "mutation {{ cartAdd(input: {{ idempotencyKey: \"adding-{round}-{index}\", productId: \"{product}\", quantity: 1 }}) {{ cart {{ count }} userErrors {{ code }} }} }}"
            );
            let added = shop.query(Kind::Mobile, &add).await.whole();
            if added.body.pointer("/data/cartAdd/userErrors/0/code").is_some_and(|it| it == "CART_FULL") {
                break;
            }
        }
        if round < 3 {
            let place = format!(
                "mutation {{ orderPlace(input: {{ idempotencyKey: \"placing-{round}\", paymentMethodId: \"{method}\", shippingOption: \"standard\", country: \"DE\" }}) {{ order {{ id }} userErrors {{ code message }} }} }}"
            );
            let placed = shop.query(Kind::Mobile, &place).await.whole();
            assert!(placed.data("/orderPlace/order/id").is_string(), "{}", placed.text);
        }
    }
    (shop, products)
}

fn queries() -> impl Iterator<Item = Operation> {
    operations().into_iter().filter(|operation| !operation.is_mutation())
}

#[tokio::test]
async fn a_query_fetches_as_many_keys_as_its_lists_are_long() {
    let (shop, ids) = rich_shop().await;
    let mut short = String::new();
    for operation in queries() {
        for (what, variables) in [
            ("with all variables", operation.full.clone()),
            ("with none it can do without", operation.minimal.clone()),
            ("with empty lists", operation.sized(Some(0), &ids)),
            ("with lists of one", operation.sized(Some(1), &ids)),
        ] {
            counted(&shop, &operation, &variables, what).await;
        }
        let variables = operation.sized(None, &ids);
        let answer = counted(&shop, &operation, &variables, "with all there may be").await;
        for planned in planned(&operation) {
            let keys = made(&answer, planned).keys;
            if keys < planned.keys.most {
                let Operation { kind, name, .. } = &operation;
                let fields = planned.fields.join(", ");
                let most = planned.keys.most;
                writeln!(short, "{kind} {name}: {} for {fields}: {keys} of {most}", planned.name).unwrap();
            }
        }
    }
    // A plan that allowed more than can happen would be worth little: each shortfall has a reason in the data, or is
    // one of several types an object may be.
    assert_snapshot("plans/shortfalls.txt", &short);
}

#[tokio::test]
async fn a_query_keeps_its_plan_where_there_is_nothing_or_one_of_everything() {
    for products in [0, 1] {
        let shop = Shop::synthetic(products).await;
        for operation in queries() {
            let what = format!("in a shop of {products} products");
            counted(&shop, &operation, &operation.full, &what).await;
        }
    }
}

#[tokio::test]
async fn a_mutation_makes_every_call_of_its_plan() {
    for operation in operations().into_iter().filter(Operation::is_mutation) {
        for variables in [&operation.full, &operation.minimal] {
            let shop = Shop::open().await;
            let answer = counted(&shop, &operation, variables, "once").await;
            for planned in operation.plan.waves.iter().flat_map(|wave| &wave.calls) {
                assert!(
                    made(&answer, planned).calls > 0,
                    "{} {} makes no call of {}: {}",
                    operation.kind,
                    operation.name,
                    planned.name,
                    answer.text
                );
            }
        }
    }
}
