//! Reasons why the shop did not make a change.

use async_graphql::{Enum, SimpleObject};
use bff_kit::UserErrorTable;
use bff_kit::schema::{bounds, items};

/// Reason why a change was not made.
#[derive(SimpleObject)]
pub(crate) struct UserError {
    /// Path of the input field with the error, such as `["input", "productId"]`. Null when the
    /// error concerns no single field.
    #[graphql(directive = bounds::apply(items(3)))]
    field: Option<Vec<String>>,
    /// Text to show.
    message: String,
    /// Kind of the error.
    code: UserErrorCode,
}

/// Kind of a user error.
#[derive(Clone, Copy, Enum, PartialEq, Eq, UserErrorTable)]
pub(crate) enum UserErrorCode {
    /// The cart is empty.
    #[reason(CART_EMPTY, say = "Your cart is empty.")]
    CartEmpty,
    /// The cart holds too many different products.
    #[reason(CART_FULL, say = "Your cart is full.")]
    CartFull,
    /// The products in the cart are sold in another currency.
    #[reason(CURRENCY_MISMATCH, field = subject, say = "The products in your cart are sold in another currency.")]
    CurrencyMismatch,
    /// The idempotency key was used with another input.
    #[reason(IDEMPOTENCY_KEY_REUSED, field = idempotency_key, say = "This key was used for something else.")]
    IdempotencyKeyReused,
    /// A part of the input is invalid.
    #[reason(invalid)]
    Invalid,
    /// The object does not exist.
    #[reason(not_found, field = subject, say = "There is no such thing.")]
    NotFound,
    /// The stock of the product is too small.
    #[reason(OUT_OF_STOCK, field = subject, say = "There is not enough of it.")]
    OutOfStock,
    /// The payment was declined.
    #[reason(PAYMENT_DECLINED, field = payment_method_id, say = "The payment was declined.")]
    PaymentDeclined,
    /// The payment method does not exist.
    #[reason(PAYMENT_METHOD_NOT_FOUND, field = payment_method_id, say = "There is no such payment method.")]
    PaymentMethodNotFound,
    /// The quantity exceeds the limit for one product.
    #[reason(QUANTITY_LIMIT, field = quantity, say = "We do not sell so many at once.")]
    QuantityLimit,
    /// The shop declines the change for another reason.
    #[reason(other, say = "The shop does not accept this.")]
    Refused,
    /// The shipping option does not serve the destination.
    #[reason(SHIPPING_NOT_AVAILABLE, field = shipping_option, say = "We cannot send it there in this way.")]
    ShippingNotAvailable,
}

impl bff_kit::UserError for UserError {
    type Code = UserErrorCode;
    const MOST: i32 = 3;

    fn new(field: Option<Vec<String>>, message: String, code: UserErrorCode) -> Self {
        Self { field, message, code }
    }
}

impl UserError {
    /// Names the number of items left in the message, if the stock of a product is too small.
    pub(super) fn say_how_many_are_left(&mut self, quantity: i64) {
        if self.code == UserErrorCode::OutOfStock {
            self.message = match quantity {
                ..=0 => "There is none left.".to_owned(),
                1 => "There is only one left.".to_owned(),
                _ => format!("There are only {quantity} left."),
            };
        }
    }
}
