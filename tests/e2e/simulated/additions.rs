//! Additions to a cart under idempotency keys, each of which counts once.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Answer, Dice, product_id};

/// Products of which there are plenty.
const PRODUCTS: [&str; 10] = [
    "kettle-gooseneck-09",
    "dripper-cone-ceramic-02",
    "moka-pot-6",
    "coffee-scale-timer",
    "milk-pitcher-450",
    "chef-knife-21",
    "paring-knife-9",
    "frying-pan-carbon-28",
    "saucepan-steel-18",
    "digital-scale-flat-5kg",
];

/// Number of additions of a product: a cart holds 20 of each.
const OF_EACH: usize = 16;

const ADD: &str =
    "mutation($input: CartAddInput!) { cartAdd(input: $input) { cart { count } userErrors { code } } }";

pub(super) const CART: &str = "{ cart { count items { quantity product { id name } } } }";

/// The additions of a customer.
#[derive(Debug)]
pub(super) struct Additions {
    customer: usize,
    /// The quantities in the cart before, by the ids of their products.
    before: BTreeMap<String, u64>,
    /// The first whole answer to each addition.
    answers: Vec<Option<String>>,
}

impl Additions {
    pub(super) fn to(customer: usize, cart: &Answer) -> Self {
        Self { customer, before: quantities(cart), answers: Vec::new() }
    }

    /// Draws the addition to send: one more, or one that was sent before.
    pub(super) fn draw(&mut self, dice: &mut Dice) -> usize {
        let open = self.open();
        let any = |dice: &mut Dice, of: usize| usize::try_from(dice.roll(of as u64)).unwrap();
        let is_full = self.answers.len() == PRODUCTS.len() * OF_EACH;
        match dice.roll(8) {
            0..4 if !open.is_empty() => open[any(dice, open.len())],
            4 if !self.answers.is_empty() => any(dice, self.answers.len()),
            _ if is_full => any(dice, self.answers.len()),
            _ => {
                self.answers.push(None);
                self.answers.len() - 1
            }
        }
    }

    /// The additions without a whole answer: the customer does not know whether they were made.
    pub(super) fn open(&self) -> Vec<usize> {
        (0..self.answers.len()).filter(|at| self.answers[*at].is_none()).collect()
    }

    pub(super) fn body(&self, at: usize) -> Value {
        let (customer, product) = (self.customer, product_id(PRODUCTS[at % PRODUCTS.len()]));
        let input = json!({ "idempotencyKey": format!("key-{customer}-{at:04}"), "productId": product });
        json!({ "query": ADD, "variables": { "input": input } })
    }

    /// Notes a whole answer; returns an error if it is not the one that the addition got before.
    pub(super) fn answered(&mut self, at: usize, answer: &Answer) -> Result<(), String> {
        let first = self.answers[at].get_or_insert_with(|| answer.text.clone());
        if *first == answer.text {
            return Ok(());
        }
        Err(format!("addition {at} of customer {}: {}, and before: {first}", self.customer, answer.text))
    }

    /// Returns an error unless a cart holds each addition once.
    pub(super) fn check(&self, cart: &Answer) -> Result<(), String> {
        let mut expected = self.before.clone();
        for at in 0..self.answers.len() {
            *expected.entry(product_id(PRODUCTS[at % PRODUCTS.len()])).or_default() += 1;
        }
        let found = quantities(cart);
        if found == expected {
            return Ok(());
        }
        Err(format!("the cart of customer {} holds {found:?}, not {expected:?}", self.customer))
    }
}

fn quantities(cart: &Answer) -> BTreeMap<String, u64> {
    let items = cart.body["data"]["cart"]["items"].as_array().cloned().unwrap_or_default();
    let quantity = |item: &Value| {
        let id = item["product"]["id"].as_str().unwrap_or("unknown").to_owned();
        (id, item["quantity"].as_u64().unwrap_or_default())
    };
    items.iter().map(quantity).collect()
}
