//! The mutations of the app. Every input has an idempotency key, so that a phone on a poor network may repeat a
//! request.

use std::time::Duration;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use bff_kit::schema::{bounds, fetch, fetches, items, requires, send, signed_in};
use bff_kit::{ContextExt as _, Error, Id, Nullable};
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

/// Root type of the mutations of the app.
#[derive(Debug, Default)]
pub(crate) struct Mutation;

/// Mutations of the phone app. Every input has an idempotency key: a repetition with the same key
/// changes nothing more.
#[Object]
impl Mutation {
    /// Adds a product to the cart.
    #[graphql(directive = fetches::apply(
        fetch::<StockOf>(["argument.input"]).reading(["total_quantity"]).best_effort()
            .then_send::<AddToCart>(["argument.input"])
            .then_send_later::<RecordEvents>(["argument.input"])
    ))]
    async fn cart_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product and quantity to add.")] input: CartAddInput,
    ) -> Nullable<CartPayload> {
        Some(cart_add(ctx, input).await)
    }

    /// Sets the quantity of a product in the cart.
    #[graphql(directive = fetches::apply(send::<SetCartQuantity>(["argument.input"])))]
    async fn cart_set_quantity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product and its new quantity.")] input: CartSetQuantityInput,
    ) -> Nullable<CartPayload> {
        let change = async {
            let product = Id::<Product>::parse(&input.product_id, "input.productId")?.raw();
            let command =
                SetCartQuantity { idempotency_key: input.idempotency_key, product, quantity: input.quantity };
            CartPayload::of(ctx.send(command).await)
        };
        Some(change.await)
    }

    /// Removes a product from the cart.
    #[graphql(directive = fetches::apply(send::<RemoveFromCart>(["argument.input"])))]
    async fn cart_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product to remove.")] input: CartRemoveInput,
    ) -> Nullable<CartPayload> {
        let change = async {
            let product = Id::<Product>::parse(&input.product_id, "input.productId")?.raw();
            CartPayload::of(
                ctx.send(RemoveFromCart { idempotency_key: input.idempotency_key, product }).await,
            )
        };
        Some(change.await)
    }

    /// Orders the contents of the cart.
    #[graphql(
        directive = requires::apply(signed_in().with_scopes(["orders.write"])),
        directive = fetches::apply(send::<PlaceOrder>(["argument.input"]))
    )]
    async fn order_place(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Payment and shipping of the order.")] input: OrderPlaceInput,
    ) -> Nullable<OrderPlacePayload> {
        let change = async {
            let method = Id::<PaymentMethod>::parse(&input.payment_method_id, "input.paymentMethodId")?.raw();
            let command = PlaceOrder {
                idempotency_key: input.idempotency_key,
                payment_method: method.to_string(),
                shipping_option: input.shipping_option,
                country: input.country,
            };
            match ctx.send(command).await {
                Ok(order) => Ok(OrderPlacePayload { order: Some(Order(order)), user_errors: Vec::new() }),
                Err(error) => UserError::all_of(error, None)
                    .map(|user_errors| OrderPlacePayload { order: None, user_errors }),
            }
        };
        Some(change.await)
    }

    /// Marks a notification as read.
    #[graphql(directive = fetches::apply(send::<MarkRead>(["argument.input"])))]
    async fn notification_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Notification to mark as read.")] input: NotificationReadInput,
    ) -> Nullable<NotificationReadPayload> {
        let change = async {
            let id = Id::<Notification>::parse(&input.notification_id, "input.notificationId")?.raw();
            let command = MarkRead { idempotency_key: input.idempotency_key, notifications: vec![id] };
            match ctx.send(command).await {
                Ok(marked) => Ok(NotificationReadPayload {
                    unread_count: Some(marked.unread_count),
                    user_errors: Vec::new(),
                }),
                Err(error) => UserError::all_of(error, Some("notificationId"))
                    .map(|user_errors| NotificationReadPayload { unread_count: None, user_errors }),
            }
        };
        Some(change.await)
    }
}

/// Fetches the stock, adds the product to the cart, and records the event for statistics without waiting.
///
/// The stock serves for the message of a user error alone. A request repeated with the same key
/// must get the same answer, even if nothing is left by now. Only the cart service knows the keys:
/// a BFF that declined here would contradict it.
async fn cart_add(ctx: &Context<'_>, input: CartAddInput) -> Result<CartPayload, Error> {
    let product = Id::<Product>::parse(&input.product_id, "input.productId")?.raw();
    let stock = ctx.optional(ctx.fetch(StockOf(product.clone())).await)?;
    let event = event(ctx, &input.idempotency_key, &product, input.quantity);
    let idempotency_key = input.idempotency_key;
    let added = ctx.send(AddToCart { idempotency_key, product, quantity: input.quantity }).await;
    if added.is_ok() {
        ctx.send_later(RecordEvents(vec![event]));
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
            Ok(cart) => Ok(Self { cart: Some(Cart(cart)), user_errors: Vec::new() }),
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
