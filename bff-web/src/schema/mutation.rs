//! The mutations of the web shop.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use bff_kit::schema::{bounds, fetches, items, send};
use bff_kit::{ContextExt as _, Error, Id, Nullable};
use downstream::carts::{AddToCart, RemoveFromCart, SetCartQuantity};
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
pub struct Mutation;

/// What the shop can change. Every input has a key: sent again with the same key, nothing more changes.
#[Object]
impl Mutation {
    /// Puts a product into your cart.
    #[graphql(directive = fetches::apply(send::<AddToCart>(["argument.input"])))]
    async fn cart_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to add.")] input: CartAddInput,
    ) -> Nullable<CartPayload> {
        let change = async {
            let product = Id::<Product>::parse(&input.product_id, "input.productId")?.raw();
            let (idempotency_key, quantity) = (input.idempotency_key, input.quantity);
            CartPayload::of(ctx.send(AddToCart { idempotency_key, product, quantity }).await)
        };
        Some(change.await)
    }

    /// Sets how many of a product are in your cart.
    #[graphql(directive = fetches::apply(send::<SetCartQuantity>(["argument.input"])))]
    async fn cart_set_quantity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to set.")] input: CartSetQuantityInput,
    ) -> Nullable<CartPayload> {
        let change = async {
            let product = Id::<Product>::parse(&input.product_id, "input.productId")?.raw();
            let (idempotency_key, quantity) = (input.idempotency_key, input.quantity);
            CartPayload::of(ctx.send(SetCartQuantity { idempotency_key, product, quantity }).await)
        };
        Some(change.await)
    }

    /// Takes a product out of your cart.
    #[graphql(directive = fetches::apply(send::<RemoveFromCart>(["argument.input"])))]
    async fn cart_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to take out.")] input: CartRemoveInput,
    ) -> Nullable<CartPayload> {
        let change = async {
            let product = Id::<Product>::parse(&input.product_id, "input.productId")?.raw();
            CartPayload::of(
                ctx.send(RemoveFromCart { idempotency_key: input.idempotency_key, product }).await,
            )
        };
        Some(change.await)
    }

    /// Orders what is in your cart.
    #[graphql(directive = fetches::apply(send::<PlaceOrder>(["argument.input"])))]
    async fn order_place(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How to pay and send it.")] input: OrderPlaceInput,
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

    /// Writes a review of a product in your name.
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

    /// Changes how you want to be treated. What is left out stays as it is.
    #[graphql(directive = fetches::apply(send::<UpdatePreferences>(["argument.input"])))]
    async fn preferences_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: PreferencesUpdateInput,
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
        #[graphql(desc = "What you have read.")] input: NotificationsMarkReadInput,
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

/// Something to put into your cart.
#[derive(InputObject)]
struct CartAddInput {
    /// Key of your choice, 8 to 64 characters.
    idempotency_key: String,
    /// The product.
    product_id: ID,
    /// How many of it, 1 to 20.
    #[graphql(default = 1)]
    quantity: i32,
}

/// How many of a product are to be in your cart.
#[derive(InputObject)]
struct CartSetQuantityInput {
    /// Key of your choice, 8 to 64 characters.
    idempotency_key: String,
    /// The product.
    product_id: ID,
    /// How many of it, 1 to 20.
    quantity: i32,
}

/// Something to take out of your cart.
#[derive(InputObject)]
struct CartRemoveInput {
    /// Key of your choice, 8 to 64 characters.
    idempotency_key: String,
    /// The product.
    product_id: ID,
}

/// How to pay for what is in your cart, and where to send it.
#[derive(InputObject)]
struct OrderPlaceInput {
    /// Key of your choice, 8 to 64 characters.
    idempotency_key: String,
    /// One of your payment methods.
    payment_method_id: ID,
    /// How to send it: `option` of a shipping option, such as "standard".
    shipping_option: String,
    /// Country to send it to, by ISO 3166-1, such as "FR".
    country: String,
}

/// A review to write.
#[derive(InputObject)]
struct ReviewCreateInput {
    /// Key of your choice, 8 to 64 characters.
    idempotency_key: String,
    /// The product.
    product_id: ID,
    /// Stars, 1 to 5.
    rating: i32,
    /// What you say, plain text, 1 to 2,000 characters.
    text: String,
}

/// How you want to be treated.
#[derive(InputObject)]
struct PreferencesUpdateInput {
    /// Key of your choice, 8 to 64 characters.
    idempotency_key: String,
    /// Language by BCP 47, such as "en".
    language: MaybeUndefined<String>,
    /// Whether a notification makes a sound.
    notification_sound: MaybeUndefined<bool>,
    /// Whether you want news by e-mail.
    newsletter: MaybeUndefined<bool>,
    /// Country goods are sent to, by ISO 3166-1, such as "FR".
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

/// Returns the value of an input field that may be left out; `BAD_USER_INPUT` if it is null.
fn given<T>(field: &str, value: MaybeUndefined<T>) -> Result<Option<T>, Error> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Err(Error::bad_input(format!("input.{field}"), "must not be null")),
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}

/// Notifications you have read.
#[derive(InputObject)]
struct NotificationsMarkReadInput {
    /// Key of your choice, 8 to 64 characters.
    idempotency_key: String,
    /// The notifications, 100 at most.
    notification_ids: Vec<ID>,
}

/// What became of your cart.
#[derive(SimpleObject)]
struct CartPayload {
    /// The cart as it is now. Null when it was not changed.
    cart: Option<Cart>,
    /// Why it was not changed; empty when it was.
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

/// What became of your order.
#[derive(SimpleObject)]
struct OrderPlacePayload {
    /// The order. Null when it was not placed.
    order: Option<Order>,
    /// Why it was not placed; empty when it was.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}

/// What became of a review.
#[derive(SimpleObject)]
struct ReviewCreatePayload {
    /// The review as it was written. Null when it was not.
    review: Option<Review>,
    /// Why it was not written; empty when it was.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}

/// What became of your preferences.
#[derive(SimpleObject)]
struct PreferencesUpdatePayload {
    /// The preferences as they are now. Null when they were not changed.
    preferences: Option<Preferences>,
    /// Why they were not changed; empty when they were.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}

/// What became of notifications.
#[derive(SimpleObject)]
struct NotificationsMarkReadPayload {
    /// The notifications as they are now, in the order named.
    notifications: Vec<Notification>,
    /// Number of notifications you have not read. Null when nothing was marked.
    unread_count: Option<i32>,
    /// Why nothing was marked; empty when it was.
    #[graphql(directive = bounds::apply(items(MAX_USER_ERRORS)))]
    user_errors: Vec<UserError>,
}
