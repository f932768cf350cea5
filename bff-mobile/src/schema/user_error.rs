//! Reasons why the shop did not make a change.

use async_graphql::{Enum, SimpleObject};
use bff_kit::Error;
use bff_kit::schema::{bounds, items};

/// Upper bound on the errors of one change.
pub(super) const MAX_USER_ERRORS: i32 = 3;

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
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
pub(crate) enum UserErrorCode {
    /// The cart is empty.
    CartEmpty,
    /// The cart holds too many different products.
    CartFull,
    /// The products in the cart are sold in another currency.
    CurrencyMismatch,
    /// The idempotency key was used with another input.
    IdempotencyKeyReused,
    /// A part of the input is invalid.
    Invalid,
    /// The object does not exist.
    NotFound,
    /// The stock of the product is too small.
    OutOfStock,
    /// The payment was declined.
    PaymentDeclined,
    /// The payment method does not exist.
    PaymentMethodNotFound,
    /// The quantity exceeds the limit for one product.
    QuantityLimit,
    /// The shop declines the change for another reason.
    Refused,
    /// The shipping option does not serve the destination.
    ShippingNotAvailable,
}

impl UserError {
    /// Returns the user errors of a missing object, a business reason or bad input; the error itself if it is none of
    /// these. `subject` names the input that identifies the object of the change, if one does.
    pub(super) fn all_of(error: Error, subject: Option<&str>) -> Result<Vec<Self>, Error> {
        let violations: Vec<_> = error
            .violations()
            .iter()
            .take(MAX_USER_ERRORS.unsigned_abs() as usize)
            .map(|it| Self {
                field: Some(it.path()),
                message: it.description.clone(),
                code: UserErrorCode::Invalid,
            })
            .collect();
        if violations.is_empty() { Self::of(error, subject).map(|error| vec![error]) } else { Ok(violations) }
    }

    fn of(error: Error, subject: Option<&str>) -> Result<Self, Error> {
        let (field, message, code) = match &error {
            Error::NotFound => (subject, "There is no such thing.", UserErrorCode::NotFound),
            refused => match refused.business_reason() {
                None => return Err(error),
                Some("CART_EMPTY") => (None, "Your cart is empty.", UserErrorCode::CartEmpty),
                Some("CART_FULL") => (None, "Your cart is full.", UserErrorCode::CartFull),
                Some("CURRENCY_MISMATCH") => (
                    subject,
                    "The products in your cart are sold in another currency.",
                    UserErrorCode::CurrencyMismatch,
                ),
                Some("IDEMPOTENCY_KEY_REUSED") => (
                    Some("idempotencyKey"),
                    "This key was used for something else.",
                    UserErrorCode::IdempotencyKeyReused,
                ),
                Some("OUT_OF_STOCK") => (subject, "There is not enough of it.", UserErrorCode::OutOfStock),
                Some("PAYMENT_DECLINED") => {
                    (Some("paymentMethodId"), "The payment was declined.", UserErrorCode::PaymentDeclined)
                }
                Some("PAYMENT_METHOD_NOT_FOUND") => (
                    Some("paymentMethodId"),
                    "There is no such payment method.",
                    UserErrorCode::PaymentMethodNotFound,
                ),
                Some("QUANTITY_LIMIT") => {
                    (Some("quantity"), "We do not sell so many at once.", UserErrorCode::QuantityLimit)
                }
                Some("SHIPPING_NOT_AVAILABLE") => (
                    Some("shippingOption"),
                    "We cannot send it there in this way.",
                    UserErrorCode::ShippingNotAvailable,
                ),
                Some(_) => (None, "The shop does not accept this.", UserErrorCode::Refused),
            },
        };
        let field = field.map(|field| vec!["input".to_owned(), field.to_owned()]);
        Ok(Self { field, message: message.to_owned(), code })
    }

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
