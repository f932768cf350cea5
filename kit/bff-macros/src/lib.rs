//! Macros for what would otherwise be said twice: once for the compiler, and once more in strings for plans.
//!
//! Authors take them from `fetch` ([`derive@Fetch`], [`derive@Command`]) and `bff_kit`. What they write is ordinary code of
//! those crates, which may be written by hand wherever a macro does not fit.

mod command;
mod fetch;
mod key;
mod object;
mod values;
mod words;

use proc_macro::TokenStream;
use syn::{DeriveInput, ItemEnum, ItemStruct, Path, parse_macro_input};

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
/// | `one = id` | the RPC takes one key, in this field |
/// | `mine` | the principal identifies the value, or a part of its key |
/// | `key = id` | field of the value that holds the key: objects may then be known by their keys alone |
/// | `reads = item_count` | path that is always read, in place of the first one of the message |
/// | `given(page_size = 20)` | fields of the request that are the same for every key |
/// | `at_once = 8` | calls at a time, where there are more keys than one call takes; 16 by default |
/// | `changes = watch_stock` | RPC with the stream by which the service tells of changes |
/// | `at_most = 100`, `public`, `no_side_effects`, `by_status` | what is true of the RPC, where its contract does not say |
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
/// service reports mistakes of the client by the status alone.
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

/// Makes an enum one of the schema that mirrors the enum of a contract, value by value. A value that the contract has and the
/// enum has not does not compile; one that the contract does not have yet becomes null.
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
    let of = parse_macro_input!(args as Path);
    let item = parse_macro_input!(item as ItemEnum);
    values::expand(&of, &item).unwrap_or_else(|error| error.to_compile_error()).into()
}
