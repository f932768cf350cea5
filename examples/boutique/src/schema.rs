//! The schema.

use std::sync::Arc;

use async_graphql::{Context, Enum, SimpleObject};
use bff_kit::{ContextExt as _, Error, Id, Ref, RefList, UserErrorTable};
use bff_kit::{change, mutation, object, payload, user};
use fetch::Encoded;

use crate::calls::{AddToCart, AdsFor, AllProducts, CartOf, Converted, Currencies, EmptyCart, PlaceOrder};
use crate::calls::{ProductById, ProductId, ProductsMatching, QuoteFor, Recommended};
use crate::proto;

/// Queries of the app. A price is a text to show, such as "18.99 EUR".
#[object]
pub(crate) struct Query {
    /// All products, 20 at most.
    #[fetch(AllProducts, take = products, most = 20)]
    products: Vec<Product>,
    /// Text of an advertisement. Null when there is none, or when it cannot be loaded.
    #[fetch(AdsFor { context_keys: Arc::default() }, with = first(ads), or = null)]
    ad: Option<String>,
    /// A product. Null when there is none with this id.
    #[fetch(ProductById(id))]
    #[arg(id: Id<Product>, "Id of the product.")]
    product: Ref<Product>,
    /// Products with a text in their names, 20 at most.
    #[fetch(ProductsMatching { query }, take = results, most = 20)]
    #[arg(query: String, "Text to search for.")]
    search: Vec<Product>,
    /// The cart. Null when nobody is signed in.
    #[fetch(CartOf { user_id: user })]
    cart: Ref<Cart>,
    /// Currencies in which prices can be shown, by ISO 4217, 50 at most.
    #[fetch(Currencies, with = <[String]>::to_vec(currency_codes), most = 50)]
    currencies: Vec<String>,
}

fn first(ads: &[proto::Ad]) -> Option<String> {
    ads.first().map(|ad| ad.text.clone())
}

/// A product of the boutique.
#[object(proto::Product, by = ProductById, id = ProductId)]
pub(crate) struct Product {
    /// Id of the product.
    #[read(id)]
    id: Id<Self>,
    /// Name of the product.
    #[read(name)]
    name: String,
    /// Address of a picture.
    #[read(picture)]
    picture: bff_kit::value::Url,
    /// Price of the product. Null when it cannot be loaded.
    #[fetch(Converted { from: self.price_usd, to_code: currency },
        with = text(units, nanos, currency_code), or = null)]
    #[arg(currency: String, "Currency by ISO 4217, such as \"EUR\".")]
    price: String,
    /// Other products for the user, 5 at most. Null when nobody is signed in, or when they cannot be loaded.
    #[fetch(Recommended { user_id: user, product_ids: Arc::from_iter(Some(ProductId::from(self.id))) },
        then = ProductById(product_ids), or = null, most = 5)]
    recommendations: RefList<Self>,
}

fn text(units: i64, nanos: i32, currency: &str) -> String {
    format!("{units}.{:02} {currency}", nanos / 10_000_000)
}

/// The cart of a user.
#[object(proto::Cart, by = CartOf)]
pub(crate) struct Cart {
    /// Products in the cart, 20 at most.
    #[read(items, most = 20)]
    lines: Vec<CartLine>,
    /// Price of everything in the cart, without shipping. Null when it cannot be loaded.
    #[resolve(total(ctx, &self.0, currency), fetch(ProductById(self.items), each = 20, reads(price_usd)),
        then(Converted { to_code: currency }, reads(units, nanos)), or = null)]
    #[arg(currency: String, "Currency by ISO 4217, such as \"EUR\".")]
    total: String,
    /// Price of shipping. Null when it cannot be loaded.
    #[resolve(shipping(ctx, &self.0, currency), fetch(QuoteFor(self.items), reads(units, nanos, currency_code)),
        then(Converted { to_code: currency }, reads(units, nanos, currency_code)), or = null)]
    #[arg(currency: String, "Currency by ISO 4217, such as \"EUR\".")]
    shipping: String,
}

async fn total(ctx: &Context<'_>, cart: &proto::Cart, currency: String) -> Result<String, Error> {
    let keys = cart.items.iter().map(|item| ProductById(item.product_id.as_str().into()));
    let products = ctx.fetch_all(keys).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let amounts = products.iter().map(|product| product.price_usd.as_ref().into());
    let keys = amounts.map(|from| Converted { from, to_code: currency.clone() });
    let prices = ctx.fetch_all(keys).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let lines = prices.iter().zip(cart.items.iter().map(|item| i128::from(item.quantity)));
    let sum = lines.map(|(it, count)| (i128::from(it.units) * 1_000_000_000 + i128::from(it.nanos)) * count);
    let cents = sum.sum::<i128>() / 10_000_000;
    Ok(format!("{}.{:02} {currency}", cents / 100, cents % 100))
}

async fn shipping(ctx: &Context<'_>, cart: &proto::Cart, to_code: String) -> Result<String, Error> {
    let quote = ctx.fetch(QuoteFor { items: Encoded::list(&cart.items) }).await?;
    let price = ctx.fetch(Converted { from: Some(&*quote).into(), to_code }).await?;
    Ok(text(price.units, price.nanos, &price.currency_code))
}

/// A product in the cart.
#[object(proto::CartItem, part_of = items)]
pub(crate) struct CartLine {
    /// The product. Null when it cannot be loaded.
    #[fetch(ProductById(self.product_id), or = null)]
    product: Ref<Product>,
    /// Quantity of the product.
    #[read(quantity)]
    quantity: i32,
}

/// Mutations of the app, each for users who are signed in.
#[object]
#[requires(signed_in)]
pub(crate) struct Mutation {
    /// Adds a product to the cart.
    #[resolve(change(ctx, input))]
    #[arg(input: CartAddInput, "Product and quantity to add.")]
    cart_add: CartPayload,
    /// Takes everything out of the cart.
    #[resolve(cart_empty(ctx), send(EmptyCart(user)))]
    cart_empty: CartPayload,
    /// Orders the contents of the cart.
    #[resolve(change(ctx, input))]
    #[arg(input: OrderPlaceInput, "Payment and destination of the order.")]
    order_place: OrderPlacePayload,
}

async fn cart_empty(ctx: &Context<'_>) -> Result<CartPayload, Error> {
    payload(ctx.send(EmptyCart { user_id: user(ctx).unwrap_or_default() }).await, None)
}

/// Product and quantity to add to the cart.
#[mutation(AddToCart, user = user_id, made(item = cart_item(product_id, quantity)), subject = product_id)]
struct CartAddInput {
    /// Id of the product.
    product_id: Id<Product>,
    /// Quantity to add, 1 or more.
    quantity: i32,
}

fn cart_item(product_id: ProductId, quantity: i32) -> proto::CartItem {
    proto::CartItem { product_id: product_id.into(), quantity }
}

/// Payment and destination of an order.
#[mutation(PlaceOrder, user = user_id, made(address = address(address), card = card(card, expiration)))]
struct OrderPlaceInput {
    /// Email address for the confirmation.
    email: String,
    /// Currency to pay in, by ISO 4217, such as "EUR".
    currency: String,
    /// Lines of the address.
    address: Vec<String>,
    /// Number of the credit card.
    card: String,
    /// Last month in which the card is valid, such as "2030-01".
    expiration: String,
}

fn address(lines: Vec<String>) -> proto::Address {
    proto::Address { lines }
}

fn card(number: String, expiration: String) -> proto::Card {
    proto::Card { number, expiration }
}

/// Result of a change to the cart, which is to be loaded again.
#[payload(proto::Empty)]
struct CartPayload {
    /// Reasons why the change was not made, 1 at most; empty on success.
    user_errors: Vec<UserError>,
}

/// Result of placing an order.
#[payload(proto::OrderResult)]
struct OrderPlacePayload {
    /// Number of the order. Null when there are user errors.
    #[read(order_id)]
    order_number: String,
    /// Reasons why the order was not placed, 1 at most; empty on success.
    user_errors: Vec<UserError>,
}

/// Reason why a change was not made.
#[derive(SimpleObject)]
struct UserError {
    /// Path of the input field with the error, such as `["input", "card"]`. Null when it concerns no single field.
    #[graphql(directive = bff_kit::schema::bounds::apply(bff_kit::schema::items(3)))]
    field: Option<Vec<String>>,
    /// Text to show.
    message: String,
    /// Kind of the error.
    code: UserErrorCode,
}

/// Kind of a user error.
#[derive(Clone, Copy, Enum, PartialEq, Eq, UserErrorTable)]
enum UserErrorCode {
    /// The card was declined.
    #[reason(CARD_DECLINED, field = card, say = "Your bank declined the card. Try another one.")]
    CardDeclined,
    /// The boutique does not make the change for another reason.
    #[reason(invalid, not_found, other, field = subject, say = "We cannot do this now.")]
    Refused,
}

impl bff_kit::UserError for UserError {
    type Code = UserErrorCode;
    const MOST: i32 = 1;
    fn new(field: Option<Vec<String>>, message: String, code: UserErrorCode) -> Self {
        Self { field, message, code }
    }
}
