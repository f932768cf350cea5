//! A payment method.

use bff_kit::{Id, object};
use downstream::PaymentMethodId;
use proto::payments;

/// A payment method of the signed-in customer.
#[object(payments::PaymentMethod, id = PaymentMethodId)]
pub(crate) struct PaymentMethod {
    /// Id of the payment method.
    #[read(id)]
    id: Id<Self>,
    /// Label to show, such as "Visa ···· 4242".
    #[read(brand, last_four, with = label)]
    label: String,
}

fn label(brand: &str, last_four: &str) -> String {
    format!("{brand} ···· {last_four}")
}
