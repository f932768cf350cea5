//! The mutations of the web shop.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use bff_kit::schema::{bounds, fetches, items, requires, send, signed_in};
use bff_kit::{ContextExt as _, Error, Id, Nullable};
use downstream::carts::{AddToCart, AdoptCart, RemoveFromCart, SetCartQuantity};
use downstream::notifications::{MAX_MARKED, MarkRead};
use downstream::orders::PlaceOrder;
use downstream::reviews::CreateReview;
use downstream::users::UpdatePreferences;
use proto::users;

use super::cart::Cart;
use super::notification::Notification;
use super::order::Order;
use super::payment_method::PaymentMethod;
use super::preferences::Preferences;
use super::product::Product;
use super::review::Review;
use super::user_error::{MAX_USER_ERRORS, UserError};

/// Root type of the mutations of the shop.
#[derive(Debug, Default)]
pub(crate) struct Mutation;

/// Mutations of the web shop. Every input has an idempotency key: a repetition with the same key
/// changes nothing more.
#[Object]
impl Mutation {
    /// Adds a product to the cart.
    #[graphql(directive = fetches::apply(send::<AddToCart>(["argument.input"])))]
    async fn cart_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Product and quantity to add.")] input: CartAddInput,
    ) -> Nullable<CartPayload> {
        let change = async {
            let product = Id::<Product>::parse(&input.product_id, "input.productId")?.raw();
            let (idempotency_key, quantity) = (input.idempotency_key, input.quantity);
            CartPayload::of(ctx.send(AddToCart { idempotency_key, product, quantity }).await)
        };
        Some(change.await)
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
            let (idempotency_key, quantity) = (input.idempotency_key, input.quantity);
            CartPayload::of(ctx.send(SetCartQuantity { idempotency_key, product, quantity }).await)
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

    /// Takes what the customer had put into the cart as a visitor, before signing in, into their own. What it has no room
    /// for stays out. Changes nothing for a customer who was no visitor.
    #[graphql(
        directive = requires::apply(signed_in()),
        directive = fetches::apply(send::<AdoptCart>(["caller", "argument.input"]))
    )]
    async fn cart_adopt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: CartAdoptInput,
    ) -> Nullable<CartPayload> {
        let visitor = ctx.scope().principal().claims().get("visitor").map(str::to_owned);
        let command = AdoptCart { idempotency_key: input.idempotency_key, visitor };
        Some(CartPayload::of(ctx.send(command).await))
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

    /// Writes a review of a product in the signed-in customer's name.
    #[graphql(directive = fetches::apply(send::<CreateReview>(["argument.input"])))]
    async fn review_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The review.")] input: ReviewCreateInput,
    ) -> Nullable<ReviewCreatePayload> {
        let change = async {
            let command = CreateReview {
                idempotency_key: input.idempotency_key,
                product: Id::<Product>::parse(&input.product_id, "input.productId")?.raw(),
                rating: input.rating,
                text: input.text,
            };
            match ctx.send(command).await {
                Ok(review) => {
                    Ok(ReviewCreatePayload { review: Some(Review(review)), user_errors: Vec::new() })
                }
                Err(error) => UserError::all_of(error, Some("productId"))
                    .map(|user_errors| ReviewCreatePayload { review: None, user_errors }),
            }
        };
        Some(change.await)
    }

    /// Changes preferences of the signed-in customer. Omitted fields stay as they are.
    #[graphql(directive = fetches::apply(send::<UpdatePreferences>(["argument.input"])))]
    async fn preferences_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Preferences to change.")] input: PreferencesUpdateInput,
    ) -> Nullable<PreferencesUpdatePayload> {
        let change = async {
            match ctx.send(input.into_command()?).await {
                Ok(preferences) => Ok(PreferencesUpdatePayload {
                    preferences: Some(Preferences(preferences)),
                    user_errors: Vec::new(),
                }),
                Err(error) => UserError::all_of(error, None)
                    .map(|user_errors| PreferencesUpdatePayload { preferences: None, user_errors }),
            }
        };
        Some(change.await)
    }

    /// Marks notifications as read, all of them or none.
    #[graphql(
        directive = fetches::apply(send::<MarkRead>(["argument.input"])),
        directive = bounds::apply(
            items(MAX_MARKED).by("argument.input.notificationIds").of(["notifications"])
        )
    )]
    async fn notifications_mark_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Notifications to mark as read.")] input: NotificationsMarkReadInput,
    ) -> Nullable<NotificationsMarkReadPayload> {
        let change = async {
            let ids = input.notification_ids.iter().enumerate().map(|(index, id)| {
                Id::<Notification>::parse(id, &format!("input.notificationIds.{index}")).map(|id| id.raw())
            });
            let command = MarkRead {
                idempotency_key: input.idempotency_key,
                notifications: ids.collect::<Result<_, _>>()?,
            };
            match ctx.send(command).await {
                Ok(marked) => Ok(NotificationsMarkReadPayload {
                    notifications: marked.notifications.into_iter().map(Notification).collect(),
                    unread_count: Some(marked.unread_count),
                    user_errors: Vec::new(),
                }),
                Err(error) => UserError::all_of(error, Some("notificationIds")).map(|user_errors| {
                    NotificationsMarkReadPayload {
                        notifications: Vec::new(),
                        unread_count: None,
                        user_errors,
                    }
                }),
            }
        };
        Some(change.await)
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
        let mut paths = Vec::new();
        if let Some(language) = given("language", self.language)? {
            preferences.language = language;
            paths.push("language".to_owned());
        }
        if let Some(sound) = given("notificationSound", self.notification_sound)? {
            preferences.notification_sound = sound;
            paths.push("notification_sound".to_owned());
        }
        if let Some(newsletter) = given("newsletter", self.newsletter)? {
            preferences.newsletter = newsletter;
            paths.push("newsletter".to_owned());
        }
        if let Some(country) = given("country", self.country)? {
            preferences.country_code = country;
            paths.push("country_code".to_owned());
        }
        if paths.is_empty() {
            return Err(Error::bad_input("input", "names nothing to change"));
        }
        Ok(UpdatePreferences { idempotency_key: self.idempotency_key, preferences, paths })
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
