//! A payment method.

use bff_kit::{Id, object};
use downstream::PaymentMethodId;
use proto::payments;

/// A payment method of the signed-in customer.
#[object(payments::PaymentMethod, id = PaymentMethodId)]
pub(crate) struct PaymentMethod {
    /// Id of the payment method.
    #[read(id)]
    pub(super) id: Id<Self>,
    /// Brand, such as "Visa".
    #[read(brand)]
    brand: String,
    /// Last four digits of the number.
    #[read(last_four)]
    last_four: String,
    /// Year and month of expiry, such as "2029-04".
    #[read(expiry_month, expiry_year, with = expires)]
    expires: String,
    /// True if it is the default, to offer first.
    #[read(is_default)]
    is_default: bool,
}

fn expires(month: i32, year: i32) -> String {
    format!("{year}-{month:02}")
}
