//! A payment method.

use std::sync::Arc;

use async_graphql::{ID, Object};
use bff_kit::schema::reads;
use bff_kit::{Entity, Id};
use proto::payments;

pub(crate) struct PaymentMethod(pub(super) Arc<payments::PaymentMethod>);

impl Entity for PaymentMethod {
    const NAME: &'static str = "PaymentMethod";
}

/// A payment method of the signed-in customer.
#[Object]
impl PaymentMethod {
    /// Id of the payment method.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Brand, such as "Visa".
    #[graphql(directive = reads::apply(["brand"]))]
    async fn brand(&self) -> &str {
        &self.0.brand
    }

    /// Last four digits of the number.
    #[graphql(directive = reads::apply(["last_four"]))]
    async fn last_four(&self) -> &str {
        &self.0.last_four
    }

    /// Year and month of expiry, such as "2029-04".
    #[graphql(directive = reads::apply(["expiry_month", "expiry_year"]))]
    async fn expires(&self) -> String {
        format!("{}-{:02}", self.0.expiry_year, self.0.expiry_month)
    }

    /// True if it is the default, to offer first.
    #[graphql(directive = reads::apply(["is_default"]))]
    async fn is_default(&self) -> bool {
        self.0.is_default
    }
}
