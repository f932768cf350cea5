//! Typed, batched access to the services of this shop: one file per service, one type per fetch or command.
//!
//! The crate knows no client and no GraphQL: the values of fetches and commands are messages of the contracts.

pub mod analytics;
pub mod carts;
pub mod catalog;
pub mod inventory;
pub mod money;
pub mod notifications;
pub mod orders;
pub mod payments;
pub mod pricing;
pub mod recommendations;
pub mod reviews;
pub mod shipping;
pub mod telemetry;
pub mod users;

use fetch::Reasons;

/// Reasons by which the services report an error that is about the principal.
pub const REASONS: Reasons = Reasons { nobody_acts: &["DEVICE_REQUIRED", "USER_REQUIRED"], may_not: &[] };

fetch::ids! {
    /// Id of a cart, which is that of its owner.
    pub CartId;
    /// Id of a category.
    pub CategoryId;
    /// Id of a device.
    pub DeviceId;
    /// Id of a notification.
    pub NotificationId;
    /// Id of an order.
    pub OrderId;
    /// Id of a payment method.
    pub PaymentMethodId;
    /// Id of a product.
    pub ProductId;
    /// Id of a review.
    pub ReviewId;
    /// Id of a user.
    pub UserId;
}
