//! The mutations of the app. Every input has an idempotency key, so that a phone on a poor network may repeat a
//! request.

use std::time::Duration;

use async_graphql::{Context, ID, InputObject};
use bff_kit::{ContextExt as _, Error, Id, Reading, change, mutation, object, payload};
use downstream::analytics::RecordEvents;
use downstream::carts::{AddToCart, RemoveFromCart, SetCartQuantity};
use downstream::inventory::StockOf;
use downstream::notifications::MarkRead;
use downstream::orders::PlaceOrder;
use proto::analytics::Event;
use proto::{carts, notifications, orders};

use super::cart::Cart;
use super::notifications::Notification;
use super::order::Order;
use super::payment_method::PaymentMethod;
use super::product::Product;
use super::user_error::UserError;

/// Mutations of the phone app. Every input has an idempotency key: a repetition with the same key
/// changes nothing more.
#[object]
pub(crate) struct Mutation {
    /// Adds a product to the cart.
    #[resolve(
        cart_add(ctx, input),
        fetch(StockOf(input), reads(total_quantity), best_effort),
        send(AddToCart(input)),
        send_later(RecordEvents(input))
    )]
    #[arg(input: CartAddInput, "Product and quantity to add.")]
    cart_add: CartPayload,
    /// Sets the quantity of a product in the cart.
    #[resolve(change(ctx, input))]
    #[arg(input: CartSetQuantityInput, "Product and its new quantity.")]
    cart_set_quantity: CartPayload,
    /// Removes a product from the cart.
    #[resolve(change(ctx, input))]
    #[arg(input: CartRemoveInput, "Product to remove.")]
    cart_remove: CartPayload,
    /// Orders the contents of the cart.
    #[resolve(change(ctx, input))]
    #[requires(signed_in, scopes = ["orders.write"])]
    #[arg(input: OrderPlaceInput, "Payment and shipping of the order.")]
    order_place: OrderPlacePayload,
    /// Marks a notification as read.
    #[resolve(notification_read(ctx, input), send(MarkRead(input)))]
    #[arg(input: NotificationReadInput, "Notification to mark as read.")]
    notification_read: NotificationReadPayload,
}

/// Fetches the stock, adds the product to the cart, and records the event for statistics without waiting.
///
/// The stock serves for the message of a user error alone. A request repeated with the same key
/// must get the same answer, even if nothing is left by now. Only the cart service knows the keys:
/// a BFF that declined here would contradict it.
async fn cart_add(ctx: &Context<'_>, input: CartAddInput) -> Result<CartPayload, Error> {
    let product_id = Id::<Product>::parse(&input.product_id, "input.productId")?.raw();
    let stock = ctx.optional(ctx.fetch(StockOf(product_id.clone())).await)?;
    let CartAddInput { idempotency_key, quantity, .. } = input;
    let event = event(ctx, &idempotency_key, product_id.as_str(), quantity);
    let added = ctx.send(AddToCart { idempotency_key, product_id, quantity }).await;
    if added.is_ok() {
        ctx.send_later(RecordEvents { events: vec![event] });
    }
    let mut payload: CartPayload = bff_kit::payload(added, Some("productId"))?;
    if let Some(stock) = stock {
        payload.user_errors.iter_mut().for_each(|error| error.say_how_many_are_left(stock.total_quantity));
    }
    Ok(payload)
}

/// Returns the event of adding a product. Its id is the idempotency key, so that a repeated event counts once.
fn event(ctx: &impl Reading, key: &str, product: &str, quantity: i32) -> Event {
    let properties = [("product_id", product.to_owned()), ("quantity", quantity.to_string())];
    // The answer does not show this time, which therefore puts no bound on its caching.
    let now = ctx.scope().with_now(|now| (now, Duration::MAX));
    Event {
        id: key.to_owned(),
        name: "cart_add".to_owned(),
        time: Some(prost_types::Timestamp { seconds: now.as_second(), nanos: now.subsec_nanosecond() }),
        properties: properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

async fn notification_read(
    ctx: &Context<'_>,
    input: NotificationReadInput,
) -> Result<NotificationReadPayload, Error> {
    let id = Id::<Notification>::parse(&input.notification_id, "input.notificationId")?.raw();
    let command = MarkRead { idempotency_key: input.idempotency_key, notification_ids: [id].into() };
    bff_kit::payload(ctx.send(command).await, Some("notificationId"))
}

/// Product and quantity to add to the cart.
#[derive(InputObject)]
struct CartAddInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Id of the product.
    product_id: ID,
    /// Quantity to add, 1 to 20.
    #[graphql(default = 1)]
    quantity: i32,
}

/// Product in the cart, and its new quantity.
#[mutation(SetCartQuantity, subject = product_id)]
struct CartSetQuantityInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Id of the product.
    product_id: Id<Product>,
    /// New quantity, 1 to 20.
    quantity: i32,
}

/// Product to remove from the cart.
#[mutation(RemoveFromCart, subject = product_id)]
struct CartRemoveInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Id of the product.
    product_id: Id<Product>,
}

/// Payment method, shipping option and destination of an order.
#[mutation(PlaceOrder)]
struct OrderPlaceInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Id of one of the customer's payment methods.
    payment_method_id: Id<PaymentMethod>,
    /// `option` of a shipping option, such as "standard".
    #[part(shipping_option_id)]
    shipping_option: String,
    /// Destination country by ISO 3166-1 alpha-2, such as "FR".
    #[part(country_code)]
    country: String,
}

/// Notification to mark as read.
#[derive(InputObject)]
struct NotificationReadInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Id of the notification.
    notification_id: ID,
}

/// Result of a change to the cart.
#[payload(carts::Cart)]
struct CartPayload {
    /// The cart after the change. Null when there are user errors.
    cart: Cart,
    /// Reasons why the change was not made, 3 at most; empty on success.
    user_errors: Vec<UserError>,
}

/// Result of placing an order.
#[payload(orders::Order)]
struct OrderPlacePayload {
    /// The order. Null when there are user errors.
    order: Order,
    /// Reasons why the change was not made, 3 at most; empty on success.
    user_errors: Vec<UserError>,
}

/// Result of marking a notification as read.
#[payload(notifications::MarkReadResponse)]
struct NotificationReadPayload {
    /// Number of unread notifications. Null when there are user errors.
    #[read(unread_count)]
    unread_count: i32,
    /// Reasons why the change was not made, 3 at most; empty on success.
    user_errors: Vec<UserError>,
}
