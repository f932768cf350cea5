//! The mutations of the web shop.

use async_graphql::{Context, InputObject, MaybeUndefined};
use bff_kit::{ContextExt as _, Error, Id, Reading as _, change, mutation, object, payload};
use downstream::carts::{AddToCart, AdoptCart, RemoveFromCart, SetCartQuantity};
use downstream::notifications::{MAX_MARKED, MarkRead};
use downstream::orders::PlaceOrder;
use downstream::reviews::CreateReview;
use downstream::users::UpdatePreferences;
use fetch::Mask;
use proto::{carts, notifications, orders, reviews, users};

use super::cart::Cart;
use super::notification::Notification;
use super::order::Order;
use super::payment_method::PaymentMethod;
use super::preferences::Preferences;
use super::product::Product;
use super::review::Review;
use super::user_error::UserError;

/// Mutations of the web shop. Every input has an idempotency key: a repetition with the same key
/// changes nothing more.
#[object]
pub(crate) struct Mutation {
    /// Adds a product to the cart.
    #[resolve(change(ctx, input))]
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
    /// Takes what the customer had put into the cart as a visitor, before signing in, into their own. What it has no room
    /// for stays out. Changes nothing for a customer who was no visitor.
    #[resolve(cart_adopt(ctx, input), send(AdoptCart(user, input)))]
    #[requires(signed_in)]
    #[arg(input: CartAdoptInput, "The change.")]
    cart_adopt: CartPayload,
    /// Orders the contents of the cart.
    #[resolve(change(ctx, input))]
    #[requires(signed_in, scopes = ["orders.write"])]
    #[arg(input: OrderPlaceInput, "Payment and shipping of the order.")]
    order_place: OrderPlacePayload,
    /// Writes a review of a product in the signed-in customer's name.
    #[resolve(change(ctx, input))]
    #[arg(input: ReviewCreateInput, "The review.")]
    review_create: ReviewCreatePayload,
    /// Changes preferences of the signed-in customer. Omitted fields stay as they are.
    #[resolve(preferences_update(ctx, input), send(UpdatePreferences(input)))]
    #[arg(input: PreferencesUpdateInput, "Preferences to change.")]
    preferences_update: PreferencesUpdatePayload,
    /// Marks notifications as read, all of them or none.
    #[resolve(
        change(ctx, input),
        most = MAX_MARKED, bounded_by = input.notification_ids, of = [notifications]
    )]
    #[arg(input: NotificationsMarkReadInput, "Notifications to mark as read.")]
    notifications_mark_read: NotificationsMarkReadPayload,
}

async fn cart_adopt(ctx: &Context<'_>, input: CartAdoptInput) -> Result<CartPayload, Error> {
    let visitor_id = ctx.scope().principal().claims().get("visitor").map(str::to_owned);
    let adopted = ctx.send(AdoptCart { idempotency_key: input.idempotency_key, visitor_id }).await;
    bff_kit::payload(adopted, None)
}

async fn preferences_update(
    ctx: &Context<'_>,
    input: PreferencesUpdateInput,
) -> Result<PreferencesUpdatePayload, Error> {
    bff_kit::payload(ctx.send(input.into_command()?).await, None)
}

/// Product and quantity to add to the cart.
#[mutation(AddToCart, subject = product_id)]
struct CartAddInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Id of the product.
    product_id: Id<Product>,
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

/// The taking over of a visitor's cart.
#[derive(InputObject)]
struct CartAdoptInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
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

/// A review to write.
#[mutation(CreateReview, subject = product_id)]
struct ReviewCreateInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Id of the product.
    product_id: Id<Product>,
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
#[mutation(MarkRead, subject = notification_ids)]
struct NotificationsMarkReadInput {
    /// Idempotency key chosen by the client, 8 to 64 characters.
    idempotency_key: String,
    /// Ids of the notifications, 100 at most.
    notification_ids: Vec<Id<Notification>>,
}

/// Result of a change to the cart.
#[payload(carts::Cart)]
struct CartPayload {
    /// The cart after the change. Null when there are user errors.
    cart: Cart,
    /// Reasons why the change was not made, 5 at most; empty on success.
    user_errors: Vec<UserError>,
}

/// Result of placing an order.
#[payload(orders::Order)]
struct OrderPlacePayload {
    /// The order. Null when there are user errors.
    order: Order,
    /// Reasons why the change was not made, 5 at most; empty on success.
    user_errors: Vec<UserError>,
}

/// Result of writing a review.
#[payload(reviews::Review)]
struct ReviewCreatePayload {
    /// The review as stored. Null when there are user errors.
    review: Review,
    /// Reasons why the change was not made, 5 at most; empty on success.
    user_errors: Vec<UserError>,
}

/// Result of a change to the preferences.
#[payload(users::Preferences)]
struct PreferencesUpdatePayload {
    /// The preferences after the change. Null when there are user errors.
    preferences: Preferences,
    /// Reasons why the change was not made, 5 at most; empty on success.
    user_errors: Vec<UserError>,
}

/// Result of marking notifications as read.
#[payload(notifications::MarkReadResponse)]
struct NotificationsMarkReadPayload {
    /// The notifications after the change, in the order of the ids; empty when there are user
    /// errors.
    #[read(notifications)]
    notifications: Vec<Notification>,
    /// Number of unread notifications. Null when there are user errors.
    #[read(unread_count)]
    unread_count: i32,
    /// Reasons why the change was not made, 5 at most; empty on success.
    user_errors: Vec<UserError>,
}
