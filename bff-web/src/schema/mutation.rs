//! The mutations of the web shop.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, SimpleObject};
use bff_kit::schema::{bounds, items};
use bff_kit::{ContextExt as _, Error, Id, Part, object};
use downstream::carts::{AddToCart, AdoptCart, RemoveFromCart, SetCartQuantity};
use downstream::notifications::{MAX_MARKED, MarkRead};
use downstream::orders::PlaceOrder;
use downstream::reviews::CreateReview;
use downstream::users::UpdatePreferences;
use fetch::Mask;
use proto::users;

use super::cart::Cart;
use super::notification::Notification;
use super::order::Order;
use super::payment_method::PaymentMethod;
use super::preferences::Preferences;
use super::product::Product;
use super::review::Review;
use super::user_error::{MAX_USER_ERRORS, UserError};

/// Mutations of the web shop. Every input has an idempotency key: a repetition with the same key
/// changes nothing more.
#[object]
pub(crate) struct Mutation {
    /// Adds a product to the cart.
    #[resolve(cart_add(ctx, input), send(AddToCart(input)))]
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
    /// Takes what the customer had put into the cart as a visitor, before signing in, into their own. What it has no room
    /// for stays out. Changes nothing for a customer who was no visitor.
    #[resolve(cart_adopt(ctx, input), send(AdoptCart(user, input)))]
    #[requires(signed_in)]
    #[arg(input: CartAdoptInput, "The change.")]
    cart_adopt: CartPayload,
    /// Orders the contents of the cart.
    #[resolve(order_place(ctx, input), send(PlaceOrder(input)))]
    #[requires(signed_in, scopes = ["orders.write"])]
    #[arg(input: OrderPlaceInput, "Payment and shipping of the order.")]
    order_place: OrderPlacePayload,
    /// Writes a review of a product in the signed-in customer's name.
    #[resolve(review_create(ctx, input), send(CreateReview(input)))]
    #[arg(input: ReviewCreateInput, "The review.")]
    review_create: ReviewCreatePayload,
    /// Changes preferences of the signed-in customer. Omitted fields stay as they are.
    #[resolve(preferences_update(ctx, input), send(UpdatePreferences(input)))]
    #[arg(input: PreferencesUpdateInput, "Preferences to change.")]
    preferences_update: PreferencesUpdatePayload,
    /// Marks notifications as read, all of them or none.
    #[resolve(
        notifications_mark_read(ctx, input),
        send(MarkRead(input)),
        most = MAX_MARKED, bounded_by = input.notificationIds, of = [notifications]
    )]
    #[arg(input: NotificationsMarkReadInput, "Notifications to mark as read.")]
    notifications_mark_read: NotificationsMarkReadPayload,
}

async fn cart_add(ctx: &Context<'_>, input: CartAddInput) -> Result<CartPayload, Error> {
    let product_id = Id::<Product>::parse(&input.product_id, "input.productId")?.raw();
    let CartAddInput { idempotency_key, quantity, .. } = input;
    CartPayload::of(ctx.send(AddToCart { idempotency_key, product_id, quantity }).await)
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

async fn cart_adopt(ctx: &Context<'_>, input: CartAdoptInput) -> Result<CartPayload, Error> {
    let visitor_id = ctx.scope().principal().claims().get("visitor").map(str::to_owned);
    CartPayload::of(ctx.send(AdoptCart { idempotency_key: input.idempotency_key, visitor_id }).await)
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

async fn review_create(ctx: &Context<'_>, input: ReviewCreateInput) -> Result<ReviewCreatePayload, Error> {
    let command = CreateReview {
        idempotency_key: input.idempotency_key,
        product_id: Id::<Product>::parse(&input.product_id, "input.productId")?.raw(),
        rating: input.rating,
        text: input.text,
    };
    match ctx.send(command).await {
        Ok(review) => Ok(ReviewCreatePayload { review: Some(review.into()), user_errors: Vec::new() }),
        Err(error) => UserError::all_of(error, Some("productId"))
            .map(|user_errors| ReviewCreatePayload { review: None, user_errors }),
    }
}

async fn preferences_update(
    ctx: &Context<'_>,
    input: PreferencesUpdateInput,
) -> Result<PreferencesUpdatePayload, Error> {
    match ctx.send(input.into_command()?).await {
        Ok(preferences) => {
            Ok(PreferencesUpdatePayload { preferences: Some(preferences.into()), user_errors: Vec::new() })
        }
        Err(error) => UserError::all_of(error, None)
            .map(|user_errors| PreferencesUpdatePayload { preferences: None, user_errors }),
    }
}

async fn notifications_mark_read(
    ctx: &Context<'_>,
    input: NotificationsMarkReadInput,
) -> Result<NotificationsMarkReadPayload, Error> {
    let ids = input.notification_ids.iter().enumerate().map(|(index, id)| {
        Id::<Notification>::parse(id, &format!("input.notificationIds.{index}")).map(|id| id.raw())
    });
    let command =
        MarkRead { idempotency_key: input.idempotency_key, notification_ids: ids.collect::<Result<_, _>>()? };
    match ctx.send(command).await {
        Ok(marked) => Ok(NotificationsMarkReadPayload {
            unread_count: Some(marked.unread_count),
            notifications: Part::items(marked, |marked| &marked.notifications)
                .map(Notification::from)
                .collect(),
            user_errors: Vec::new(),
        }),
        Err(error) => UserError::all_of(error, Some("notificationIds")).map(|user_errors| {
            NotificationsMarkReadPayload { notifications: Vec::new(), unread_count: None, user_errors }
        }),
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

/// The taking over of a visitor's cart.
#[derive(InputObject)]
struct CartAdoptInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
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

/// A review to write.
#[derive(InputObject)]
struct ReviewCreateInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Id of the product.
    product_id: ID,
    /// Stars, 1 to 5.
    rating: i32,
    /// Text of the review, plain text, 1 to 2,000 characters.
    text: String,
}

/// Preferences to change. A field may be omitted, but must not be null.
#[derive(InputObject)]
struct PreferencesUpdateInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Preferred language by BCP 47, such as "en".
    language: MaybeUndefined<String>,
    /// True if a new notification makes a sound.
    notification_sound: MaybeUndefined<bool>,
    /// True if the customer wants news by e-mail.
    newsletter: MaybeUndefined<bool>,
    /// Country goods are sent to, by ISO 3166-1 alpha-2, such as "FR".
    country: MaybeUndefined<String>,
}

impl PreferencesUpdateInput {
    fn into_command(self) -> Result<UpdatePreferences, Error> {
        let mut preferences = users::Preferences::default();
        let mut paths = Mask::default();
        if let Some(language) = given("language", self.language)? {
            preferences.language = language;
            paths.add("language");
        }
        if let Some(sound) = given("notificationSound", self.notification_sound)? {
            preferences.notification_sound = sound;
            paths.add("notification_sound");
        }
        if let Some(newsletter) = given("newsletter", self.newsletter)? {
            preferences.newsletter = newsletter;
            paths.add("newsletter");
        }
        if let Some(country) = given("country", self.country)? {
            preferences.country_code = country;
            paths.add("country_code");
        }
        if paths.paths().next().is_none() {
            return Err(Error::bad_input("input", "names nothing to change"));
        }
        Ok(UpdatePreferences { idempotency_key: self.idempotency_key, preferences, update_mask: paths })
    }
}

/// Returns the value of an input field that may be omitted; `BAD_USER_INPUT` if it is null.
fn given<T>(field: &str, value: MaybeUndefined<T>) -> Result<Option<T>, Error> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Err(Error::bad_input(format!("input.{field}"), "must not be null")),
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}

/// Notifications to mark as read.
#[derive(InputObject)]
struct NotificationsMarkReadInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Ids of the notifications, 100 at most.
    notification_ids: Vec<ID>,
}

/// Result of a change to the cart.
#[derive(SimpleObject)]
struct CartPayload {
    /// The cart after the change. Null when there are user errors.
    cart: Option<Cart>,
    /// Reasons why the change was not made, 5 at most; empty on success.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}

impl CartPayload {
    fn of(result: Result<Arc<proto::carts::Cart>, Error>) -> Result<Self, Error> {
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
    /// Reasons why the change was not made, 5 at most; empty on success.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}

/// Result of writing a review.
#[derive(SimpleObject)]
struct ReviewCreatePayload {
    /// The review as stored. Null when there are user errors.
    review: Option<Review>,
    /// Reasons why the change was not made, 5 at most; empty on success.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}

/// Result of a change to the preferences.
#[derive(SimpleObject)]
struct PreferencesUpdatePayload {
    /// The preferences after the change. Null when there are user errors.
    preferences: Option<Preferences>,
    /// Reasons why the change was not made, 5 at most; empty on success.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}

/// Result of marking notifications as read.
#[derive(SimpleObject)]
struct NotificationsMarkReadPayload {
    /// The notifications after the change, in the order of the ids; empty when there are user
    /// errors.
    notifications: Vec<Notification>,
    /// Number of unread notifications. Null when there are user errors.
    unread_count: Option<i32>,
    /// Reasons why the change was not made, 5 at most; empty on success.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}
