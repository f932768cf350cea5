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
    async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Label to show, such as "Visa ···· 4242".
    #[graphql(directive = reads::apply(["brand", "last_four"]))]
    async fn label(&self) -> String {
        format!("{} ···· {}", self.0.brand, self.0.last_four)
    }
}
