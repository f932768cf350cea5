//! Payment methods of the acting user.

use fetch::Fetch;
use proto::payments::payment_service;

/// Maximum number of payment methods that are fetched.
pub const MAX_METHODS: i32 = 20;

/// The payment methods of the acting user, the default one first, [`MAX_METHODS`] at most.
#[derive(Fetch)]
#[fetch(payment_service::ListPaymentMethods, mine, given(page_size = MAX_METHODS))]
pub struct MyPaymentMethods;
