//! Macros for what would otherwise be said twice: once for the compiler, and once more in strings for plans.
//!
//! Authors take them from `fetch` ([`derive@Fetch`], [`derive@Command`]) and `bff_kit`. What they write is ordinary code of
//! those crates, which may be written by hand wherever a macro does not fit.

mod change;
mod command;
mod fetch;
mod key;
mod object;
mod shown;
mod types;
mod values;
mod words;

use proc_macro::TokenStream;
use syn::{DeriveInput, ItemEnum, ItemStruct, parse_macro_input};

/// Implements `fetch::Fetch` for a key, from the contract of its RPC.
///
/// ```text
/// /// Price of a product for the principal.
/// #[derive(Fetch)]
/// #[fetch(pricing_service::BatchGetPrices, keys = product_ids)]
/// pub struct PriceOf(pub ProductId);
/// ```
///
/// The first item of `#[fetch(…)]` is the type that `rpc-build` made for the RPC. Request, response, result and value follow
/// from it. A key with one part is a tuple struct, and one with several has a named field for each field of the request, or of
/// the message that is a key of the batch. The options:
///
/// | option | meaning |
/// |---|---|
/// | `keys = ids` | the RPC takes a list of keys in this field, and answers each of them |
/// | `keys = names, in_order` | the response is a list of values without results by key, in the order of the keys |
/// | `keys = names, matched_by = name` | the response is such a list in any order, with the key in this field of each value; a key without one is not found |
/// | `one = id` | the RPC takes one key, in this field |
/// | `mine` | the principal identifies the value, or a part of its key |
/// | `key = id` | field of the value that holds the key: objects may then be known by their keys alone |
/// | `reads = item_count` | path that is always read, in place of the first one of the message |
/// | `given(page_size = 20)` | fields of the request that are the same for every key |
/// | `at_once = 8` | calls at a time, where there are more keys than one call takes; 16 by default |
/// | `changes = watch_stock` | RPC with the stream by which the service tells of changes |
/// | `at_most = 100`, `public`, `no_side_effects`, `by_status`, `declines = function` | what is true of the RPC, where its contract does not say |
///
/// A field of a key may have `#[key(alias = "country")]`: the name by which clients know it. A field `page: Page` becomes
/// the fields `page_size`, `page_token` and `skip`.
#[proc_macro_derive(Fetch, attributes(fetch, key))]
pub fn derive_fetch(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    fetch::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Implements `fetch::Command` for a change, from the contract of its RPC.
///
/// ```text
/// /// Sets the quantity of a product in the cart.
/// #[derive(Command)]
/// #[command(cart_service::SetQuantity)]
/// pub struct SetCartQuantity {
///     /// Idempotency key.
///     pub idempotency_key: String,
///     /// The product.
///     pub product_id: ProductId,
///     /// New quantity.
///     pub quantity: i32,
/// }
/// ```
///
/// Each field becomes the field of the request with its name; `#[key(alias = "country")]` says by which name clients know it.
/// `idempotent` declares that repeated calls have the effect of one, where the contract does not say, and `by_status` that the
/// service reports mistakes of the client by the status alone. `declines = declined` names a function `fn(code: i32, message:
/// &str) -> Option<&'static str>` that tells the reason for which the service declined, where its status has none.
#[proc_macro_derive(Command, attributes(command, key))]
pub fn derive_command(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    command::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Makes a struct an object of the schema, each of whose fields says where its value comes from.
///
/// ```text
/// /// A product of the shop.
/// #[object(catalog::Product, by = ProductById, id = ProductId)]
/// pub(crate) struct Product {
///     /// Id of the product.
///     #[read(id)]
///     id: Id<Self>,
///     /// Price for the customer. Null when it cannot be loaded.
///     #[fetch(PriceOf(self.id), or = null)]
///     price: Price,
/// }
/// ```
///
/// `docs/field.md` has a table of everything that a field may say.
#[proc_macro_attribute]
pub fn object(args: TokenStream, item: TokenStream) -> TokenStream {
    let words = parse_macro_input!(args as words::Words);
    let item = parse_macro_input!(item as ItemStruct);
    object::expand(words, &item).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Lets programs run the fields of a `SimpleObject`. A field with other words for async-graphql than `name`, `deprecation` and
/// `directive` runs by its resolver.
///
/// ```text
/// /// An amount of money.
/// #[derive(SimpleObject, Shown)]
/// pub(crate) struct Money {
///     /// Decimal amount, such as "89.00".
///     amount: Decimal,
/// }
/// ```
#[proc_macro_derive(Shown, attributes(graphql))]
pub fn derive_shown(input: TokenStream) -> TokenStream {
    let item = parse_macro_input!(input as ItemStruct);
    shown::expand(&item).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Makes an enum one of the schema that mirrors the enum of a contract, value by value. A value that the contract has and the
/// enum has not does not compile; one that the contract does not have yet becomes null, and so does `Unspecified`, or the value
/// that `unknown = NotSet` names.
///
/// ```text
/// /// State of an order.
/// #[values(orders::OrderState)]
/// pub(crate) enum OrderState {
///     /// Placed, and its payment authorised.
///     Placed,
/// }
/// ```
#[proc_macro_attribute]
pub fn values(args: TokenStream, item: TokenStream) -> TokenStream {
    let words = parse_macro_input!(args as words::Words);
    let item = parse_macro_input!(item as ItemEnum);
    values::expand(words, &item).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Makes a struct the input of a mutation that is one command.
///
/// ```text
/// /// Product in the cart, and its new quantity.
/// #[mutation(SetCartQuantity, subject = product_id)]
/// pub(crate) struct CartSetQuantityInput {
///     /// Id of the product.
///     product_id: Id<Product>,
///     /// New quantity, 1 to 20.
///     quantity: i32,
/// }
/// ```
///
/// Each field is the part of the command with its name, or with that of `#[part(country_code)]`. `subject` names the field that
/// identifies the object of the change: user errors about it name it. `user = user_id` makes the user a part of the command,
/// and `made(item = cart_item(product_id, quantity))` a value that a function makes of fields. The mutation itself is a field with
/// `#[resolve(change(ctx, input))]`.
#[proc_macro_attribute]
pub fn mutation(args: TokenStream, item: TokenStream) -> TokenStream {
    let words = parse_macro_input!(args as words::Words);
    let item = parse_macro_input!(item as ItemStruct);
    change::mutation(words, &item).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Makes a struct the payload of mutations: of the value of their command, or of the reasons why a change was not made.
///
/// ```text
/// /// Result of a change to the cart.
/// #[payload(carts::Cart)]
/// pub(crate) struct CartPayload {
///     /// The cart after the change. Null when there are user errors.
///     cart: Cart,
///     /// Reasons why the change was not made, 3 at most; empty on success.
///     user_errors: Vec<UserError>,
/// }
/// ```
///
/// A field is made of the whole value, or of the path of its `#[read(unread_count)]`, and is null when there are user errors; a
/// list is empty then.
#[proc_macro_attribute]
pub fn payload(args: TokenStream, item: TokenStream) -> TokenStream {
    let words = parse_macro_input!(args as words::Words);
    let item = parse_macro_input!(item as ItemStruct);
    change::payload(words, &item).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Makes an enum the table of user errors.
///
/// ```text
/// /// The stock of the product is too small.
/// #[reason(OUT_OF_STOCK, field = subject, say = "There is not enough of it.")]
/// OutOfStock,
/// ```
///
/// The first word is the reason of the service; `invalid`, `not_found` and `other` are for input that is invalid, for objects
/// that do not exist, and for all other reasons. `field` is the input that the error is about, `subject` the one that identifies
/// the object of the change.
#[proc_macro_derive(UserErrorTable, attributes(reason))]
pub fn derive_user_error_table(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    change::reasons(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
