//! A part of a command that is made of a field which the input does not have.

use bff_kit::mutation;
use downstream::carts::SetCartQuantity;

fn product(id: String) -> downstream::ProductId {
    id.into()
}

#[mutation(SetCartQuantity, made(product_id = product(product)))]
struct CartSetQuantityInput {
    /// Key that makes a repetition harmless.
    idempotency_key: String,
    /// New quantity.
    quantity: i32,
}
