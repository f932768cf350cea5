//! Every operation makes the calls of its plan, each with as many keys as its lists are long.

mod planned;

use std::fmt::Write as _;

use planned::{counted, made, planned};

use crate::support::{Kind, Operation, Shop, assert_snapshot, operations};

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
            ("with empty lists", operation.filled(Some(0), &ids)),
            ("with lists of one", operation.filled(Some(1), &ids)),
        ] {
            counted(&shop, &operation, &variables, what).await;
        }
        let variables = operation.filled(None, &ids);
        let answer = counted(&shop, &operation, &variables, "with all there may be").await;
        for planned in planned(&operation) {
            let keys = made(&answer, planned).keys;
            if keys < planned.keys.most {
                let (kind, name) = (operation.kind, &operation.name);
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
    for operation in operations().into_iter().filter(|it| it.is_mutation()) {
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
