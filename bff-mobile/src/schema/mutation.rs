//! The mutations of the app. Every input has an idempotency key, so that a phone on a poor network may repeat a
//! request.

use std::time::Duration;

use async_graphql::{Context, ID, InputObject, SimpleObject};
use bff_kit::schema::{bounds, items};
use bff_kit::{ContextExt as _, Error, Id, object};
use downstream::analytics::RecordEvents;
use downstream::carts::{AddToCart, RemoveFromCart, SetCartQuantity};
use downstream::inventory::StockOf;
use downstream::notifications::MarkRead;
use downstream::orders::PlaceOrder;
use proto::analytics::Event;

use super::cart::Cart;
use super::notifications::Notification;
use super::order::Order;
use super::payment_method::PaymentMethod;
use super::product::Product;
use super::user_error::{MAX_USER_ERRORS, UserError};

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
    #[resolve(cart_set_quantity(ctx, input), send(SetCartQuantity(input)))]
    #[arg(input: CartSetQuantityInput, "Product and its new quantity.")]
    cart_set_quantity: CartPayload,
    /// Removes a product from the cart.
    #[resolve(cart_remove(ctx, input), send(RemoveFromCart(input)))]
    #[arg(input: CartRemoveInput, "Product to remove.")]
    cart_remove: CartPayload,
    /// Orders the contents of the cart.
    #[resolve(order_place(ctx, input), send(PlaceOrder(input)))]
    #[requires(signed_in, scopes = ["orders.write"])]
    #[arg(input: OrderPlaceInput, "Payment and shipping of the order.")]
    order_place: OrderPlacePayload,
    /// Marks a notification as read.
    #[resolve(notification_read(ctx, input), send(MarkRead(input)))]
    #[arg(input: NotificationReadInput, "Notification to mark as read.")]
    notification_read: NotificationReadPayload,
}

async fn cart_set_quantity(ctx: &Context<'_>, input: CartSetQuantityInput) -> Result<CartPayload, Error> {
    let product_id = Id::<Product>::parse(&input.product_id, "input.productId")?.raw();
    let CartSetQuantityInput { idempotency_key, quantity, .. } = input;
    CartPayload::of(ctx.send(SetCartQuantity { idempotency_key, product_id, quantity }).await)
}

async fn cart_remove(ctx: &Context<'_>, input: CartRemoveInput) -> Result<CartPayload, Error> {
    let product_id = Id::<Product>::parse(&input.product_id, "input.productId")?.raw();
    CartPayload::of(ctx.send(RemoveFromCart { idempotency_key: input.idempotency_key, product_id }).await)
}

async fn order_place(ctx: &Context<'_>, input: OrderPlaceInput) -> Result<OrderPlacePayload, Error> {
    let command = PlaceOrder {
        idempotency_key: input.idempotency_key,
        payment_method_id: Id::<PaymentMethod>::parse(&input.payment_method_id, "input.paymentMethodId")?
            .raw(),
        shipping_option_id: input.shipping_option,
        country_code: input.country,
    };
    match ctx.send(command).await {
        Ok(order) => Ok(OrderPlacePayload { order: Some(order.into()), user_errors: Vec::new() }),
        Err(error) => {
            UserError::all_of(error, None).map(|user_errors| OrderPlacePayload { order: None, user_errors })
        }
    }
}

async fn notification_read(
    ctx: &Context<'_>,
    input: NotificationReadInput,
) -> Result<NotificationReadPayload, Error> {
    let id = Id::<Notification>::parse(&input.notification_id, "input.notificationId")?.raw();
    let command = MarkRead { idempotency_key: input.idempotency_key, notification_ids: [id].into() };
    match ctx.send(command).await {
        Ok(marked) => {
            Ok(NotificationReadPayload { unread_count: Some(marked.unread_count), user_errors: Vec::new() })
        }
        Err(error) => UserError::all_of(error, Some("notificationId"))
            .map(|user_errors| NotificationReadPayload { unread_count: None, user_errors }),
    }
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
    let mut payload = CartPayload::of(added)?;
    if let Some(stock) = stock {
        payload.user_errors.iter_mut().for_each(|error| error.say_how_many_are_left(stock.total_quantity));
    }
    Ok(payload)
}

/// Returns the event of adding a product. Its id is the idempotency key, so that a repeated event counts once.
fn event(ctx: &Context<'_>, key: &str, product: &str, quantity: i32) -> Event {
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
#[derive(InputObject)]
struct CartSetQuantityInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Id of the product.
    product_id: ID,
    /// New quantity, 1 to 20.
    quantity: i32,
}

/// Product to remove from the cart.
#[derive(InputObject)]
struct CartRemoveInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Id of the product.
    product_id: ID,
}

/// Payment method, shipping option and destination of an order.
#[derive(InputObject)]
struct OrderPlaceInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Id of one of the customer's payment methods.
    payment_method_id: ID,
    /// `option` of a shipping option, such as "standard".
    shipping_option: String,
    /// Destination country by ISO 3166-1 alpha-2, such as "FR".
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
#[derive(SimpleObject)]
struct CartPayload {
    /// The cart after the change. Null when there are user errors.
    cart: Option<Cart>,
    /// Reasons why the change was not made, 3 at most; empty on success.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}

impl CartPayload {
    fn of(result: Result<std::sync::Arc<proto::carts::Cart>, Error>) -> Result<Self, Error> {
        match result {
            Ok(cart) => Ok(Self { cart: Some(cart.into()), user_errors: Vec::new() }),
            Err(error) => UserError::all_of(error, Some("productId"))
                .map(|user_errors| Self { cart: None, user_errors }),
        }
    }
}

/// Result of placing an order.
#[derive(SimpleObject)]
struct OrderPlacePayload {
    /// The order. Null when there are user errors.
    order: Option<Order>,
    /// Reasons why the change was not made, 3 at most; empty on success.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}

/// Result of marking a notification as read.
#[derive(SimpleObject)]
struct NotificationReadPayload {
    /// Number of unread notifications. Null when there are user errors.
    unread_count: Option<i32>,
    /// Reasons why the change was not made, 3 at most; empty on success.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}
