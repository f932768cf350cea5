//! Fields at the corners of what rows can say: objects that break, values that are not known, arguments in parts.

use std::sync::Arc;

use async_graphql::{EmptyMutation, InputObject};
use bff_kit::host::config::ConfigError;
use bff_kit::value::CurrencyCode;
use bff_kit::{
    AnyClient, AnySignIn, AutomaticQueries, Client, DocumentPolicy, Entity, Id, Limits, OperationPolicy,
    SignInSetup, object,
};
use bff_test::{Bff, id_of};
use downstream::ProductId;
use downstream::catalog::{AllCategories, ProductsMatching};
use downstream::pricing::PriceOf;
use fetch::{Page, Policies, Policy, PolicyTable as _};
use proto::common::Money;
use proto::{catalog, pricing};
use serde_json::{Value, json};

struct Product;

impl Entity for Product {
    const NAME: &'static str = "Product";
    type Raw = ProductId;
}

/// Words to search for.
#[derive(InputObject)]
struct Filter {
    /// The words.
    words: Vec<Option<String>>,
    /// More words.
    more: Option<String>,
}

fn words(filter: Filter) -> String {
    let words = filter.words.into_iter().map(|word| word.unwrap_or_else(|| "none".to_owned()));
    words.chain(filter.more).collect::<Vec<_>>().join(" ")
}

/// Queries.
#[object]
struct Query {
    /// Price of a product.
    #[fetch(PriceOf(id), or = null)]
    #[arg(id: Id<Product>, "Id of the product.")]
    price: Price,
    /// Products with words, as many as two.
    #[fetch(ProductsMatching { query: words(filter), page: Page::first(2) }, take = products, most = 2)]
    #[arg(filter: Filter, "Words to search for.")]
    found: Vec<Found>,
    /// A number.
    #[resolve(std::future::ready(Ok(i32::try_from(number).unwrap_or_default())))]
    #[arg(number: u32 = 3, "The number.")]
    number: i32,
}

/// A price.
#[object(pricing::Price)]
struct Price {
    /// Amount that the customer pays. Null when unknown.
    #[read(customer_price, known = paid)]
    paid: Option<Paid>,
    /// Id of the product.
    #[read(product_id)]
    product: String,
}

fn paid(price: Option<&Money>) -> Option<Paid> {
    Some(Paid(Arc::new(price?.clone()).into()))
}

/// An amount that somebody pays.
#[object(Money, part)]
struct Paid {
    /// Currency of the amount.
    #[read(currency_code, known = currency)]
    currency: CurrencyCode,
    /// Whole units. Null when there are none.
    #[read(units, known = units)]
    units: Option<i32>,
    /// All categories.
    #[fetch(AllCategories, take = categories, most = 100)]
    categories: Vec<Category>,
}

fn currency(code: &str) -> Option<CurrencyCode> {
    (!code.is_empty()).then(|| code.into())
}

fn units(units: i64) -> Option<i32> {
    i32::try_from(units).ok().filter(|units| *units != 0)
}

/// A category.
#[object(catalog::Category)]
struct Category {
    /// Name of the category.
    #[read(name)]
    name: String,
}

/// A product that was found.
#[object(catalog::Product)]
struct Found {
    /// Name of the product.
    #[read(name)]
    name: String,
}

struct Corner;

impl Client for Corner {
    const NAME: &'static str = "bff-corner";
    const LIMITS: Limits = Limits::DEFAULT;
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Never };
    type Query = Query;
    type Mutation = EmptyMutation;

    fn policies() -> Policies {
        Policies::new()
            .fetch::<AllCategories>(Policy::within_ms(500))
            .fetch::<PriceOf>(Policy::within_ms(500))
            .fetch::<ProductsMatching>(Policy::within_ms(500))
    }

    fn descriptors() -> &'static [u8] {
        proto::DESCRIPTORS
    }

    fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
        setup.access_tokens()
    }
}

/// The answer to a query, which is the same both ways, over a service that says this of what a customer pays. Resolvers may make
/// fewer calls: not those of fields beside one that breaks its object.
async fn answer(paid: Value, query: &str, variables: Value) -> Value {
    let query = query.replace("ID", &id_of("Product", "kettle"));
    let body = json!({ "query": query, "variables": variables });
    let bff = Bff::new(AnyClient::of::<Corner>()).with_value("shop.pricing.v1.Price.customer_price", paid);
    let mut answers = Vec::new();
    for programs in [true, false] {
        let opened = bff.open_with(|config| config.operations.programs = programs);
        let answer = opened.send(&body, Some("ada"), &[]).await;
        let requests: Vec<_> =
            opened.services().calls().iter().map(|call| call.request.to_string()).collect();
        answers.push((answer, requests));
    }
    let [(answer, requests), (other, others)] = answers.try_into().expect("two ways");
    assert_eq!(answer.text, other.text, "{query}");
    let same = if answer.text.contains("\"errors\"") { &requests[..others.len()] } else { &requests };
    assert_eq!(same, others, "{query}");
    answer.body
}

const PAID: &str = "{ price(id: \"ID\") { product paid { currency units categories { name } } } }";

#[tokio::test(start_paused = true)]
async fn an_object_that_breaks_is_null_where_it_may_be() {
    let answer = answer(json!({ "currency_code": "", "units": 5 }), PAID, Value::Null).await;
    assert_eq!(answer["data"], json!({ "price": { "product": "kettle", "paid": null } }), "{answer}");
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_value_that_is_not_known_is_told_once() {
    let answer = answer(Value::Null, PAID, Value::Null).await;
    assert_eq!(answer["data"]["price"]["paid"], Value::Null, "{answer}");
    let path = json!([{ "path": "price.paid", "code": "INTERNAL_SERVER_ERROR", "count": 1 }]);
    assert_eq!(answer["extensions"]["degraded"], path, "{answer}");
    let answer = self::answer(json!({ "currency_code": "EUR", "units": 0 }), PAID, Value::Null).await;
    assert_eq!(answer["data"]["price"]["paid"]["units"], Value::Null, "{answer}");
    assert_eq!(answer["extensions"]["degraded"][0]["count"], 1, "{answer}");
}

#[tokio::test(start_paused = true)]
async fn what_is_left_out_of_an_argument_leaves_the_rest() {
    let of = "query($a: String, $b: String) { found(filter: { words: [\"tea\", $a], more: $b }) { name } }";
    for variables in
        [json!({}), json!({ "a": "pot" }), json!({ "b": "cup" }), json!({ "a": null, "b": null })]
    {
        let answer = answer(Value::Null, of, variables).await;
        assert_eq!(answer["data"]["found"].as_array().unwrap().len(), 2, "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_default_has_the_type_of_its_argument() {
    let answer = answer(Value::Null, "{ number five: number(number: 5) }", Value::Null).await;
    assert_eq!(answer["data"], json!({ "number": 3, "five": 5 }));
}
