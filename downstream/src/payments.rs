//! Payment methods of the acting user.

use std::sync::Arc;

use fetch::{BatchResult, Call, Fetch, Rpc};
use proto::payments::{ListPaymentMethodsRequest, ListPaymentMethodsResponse, PaymentMethod};

/// Maximum number of payment methods that are fetched.
pub const MAX_METHODS: i32 = 20;

/// The payment methods of the acting user, the default one first, [`MAX_METHODS`] at most.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MyPaymentMethods;

impl Fetch for MyPaymentMethods {
    const RPC: Rpc = Rpc::read("shop.payments.v1.PaymentService/ListPaymentMethods");
    const MAX_KEYS: usize = 1;
    const READS: &'static [&'static str] = &["id"];
    type Value = Arc<[Arc<PaymentMethod>]>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let request = ListPaymentMethodsRequest {
            page_size: MAX_METHODS,
            page_token: String::new(),
            read_mask: call.mask(),
        };
        call.batch(keys, request, |response: ListPaymentMethodsResponse| {
            [(Self, Ok(response.payment_methods.into_iter().map(Arc::new).collect()))]
        })
        .await
    }
}
