//! A user with an account, the principal's own account, and the dashboard.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use bff_kit::schema::{bounds, fetch, fetches, hoist, items, reads};
use bff_kit::value::{DateTime, Url};
use bff_kit::{Connection, ContextExt as _, Entity, Error, Id, Loaded, Nullable, Ref, RefList};
use downstream::carts::MyCart;
use downstream::notifications::MyNotifications;
use downstream::orders::MyOrders;
use downstream::payments::{MAX_METHODS, MyPaymentMethods};
use downstream::recommendations::Recommended;
use downstream::users::{AccountOf, MyPreferences};
use proto::users;

use super::cart::{self, Cart};
use super::notification::{self, Notification, NotificationConnectionFields};
use super::order::{self, Order, OrderConnectionFields};
use super::payment_method::PaymentMethod;
use super::preferences::Preferences;
use super::product::{self, Product};

pub(crate) struct User(pub(super) Arc<users::User>);

impl Entity for User {
    const NAME: &'static str = "User";
}

/// A user with an account, as other users see them. The account of the signed-in customer is a
/// `Viewer`.
#[Object]
impl User {
    /// Id of the user.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Display name the user chose, such as "Ada L.".
    #[graphql(directive = reads::apply(["display_name"]))]
    async fn name(&self) -> &str {
        &self.0.display_name
    }

    /// URL of the user's picture.
    #[graphql(directive = reads::apply(["avatar_url"]))]
    async fn avatar_url(&self) -> Url {
        self.0.avatar_url.as_str().into()
    }
}

/// The principal's own account.
pub(crate) struct Viewer(pub(super) Arc<users::User>);

impl Entity for Viewer {
    const NAME: &'static str = "Viewer";
}

impl Loaded for Viewer {
    type By = AccountOf;

    fn from_loaded(_: &AccountOf, user: Arc<users::User>) -> Self {
        Self(user)
    }
}

/// Returns a reference to the principal's account; `None` if nobody has signed in.
pub(super) fn me(ctx: &Context<'_>) -> Option<Ref<Viewer>> {
    ctx.scope().principal().user().map(|me| Ref::by(Ok(AccountOf(me))))
}

/// Account of the signed-in customer.
#[Object]
impl Viewer {
    /// Id of the account. It differs from the id of the same person as a `User`.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Display name the customer chose, such as "Ada L.".
    #[graphql(directive = reads::apply(["display_name"]))]
    async fn name(&self) -> &str {
        &self.0.display_name
    }

    /// Given name of the customer, such as "Ada".
    #[graphql(directive = reads::apply(["given_name"]))]
    async fn given_name(&self) -> &str {
        &self.0.given_name
    }

    /// E-mail address of the customer.
    #[graphql(directive = reads::apply(["email"]))]
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// URL of the customer's picture.
    #[graphql(directive = reads::apply(["avatar_url"]))]
    async fn avatar_url(&self) -> Url {
        self.0.avatar_url.as_str().into()
    }

    /// Time when the account was opened. Null when unknown.
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn member_since(&self, ctx: &Context<'_>) -> Option<DateTime> {
        ctx.known(self.0.create_time.as_ref().and_then(DateTime::of))
    }

    /// Preferences of the customer. Null when they cannot be loaded.
    #[graphql(directive = fetches::apply(fetch::<MyPreferences>(["caller"]).or("null")))]
    async fn preferences(&self, ctx: &Context<'_>) -> Nullable<Preferences> {
        ctx.optional(ctx.fetch(MyPreferences).await.map(Preferences)).transpose()
    }

    /// The customer's payment methods, the default one first. Empty when they cannot be loaded.
    #[graphql(
        directive = fetches::apply(fetch::<MyPaymentMethods>(["caller"]).or("[]")),
        directive = bounds::apply(items(MAX_METHODS))
    )]
    async fn payment_methods(&self, ctx: &Context<'_>) -> Result<Vec<PaymentMethod>, Error> {
        let methods = ctx.optional(ctx.fetch(MyPaymentMethods).await)?.unwrap_or_default();
        Ok(methods.iter().cloned().map(PaymentMethod).collect())
    }
}

/// The dashboard, whose parts are fetched and fail independently.
pub(crate) struct Dashboard;

/// Dashboard of the signed-in customer. Each field can fail alone, and is then null or empty;
/// fields that need an account are null when nobody is signed in.
#[Object]
impl Dashboard {
    /// Account of the signed-in customer.
    #[graphql(directive = fetches::apply(hoist::<Viewer>(["caller"]).or("null")))]
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Ref<Viewer>> {
        me(ctx)
    }

    /// Cart of the signed-in customer.
    #[graphql(directive = fetches::apply(fetch::<MyCart>(["caller"]).or("null")))]
    async fn cart(&self, ctx: &Context<'_>) -> Nullable<Cart> {
        ctx.scope().principal().user()?;
        ctx.optional(cart::mine(ctx).await).transpose()
    }

    /// Products recommended to the customer, best first. Empty when they cannot be loaded.
    #[graphql(
        directive = fetches::apply(
            fetch::<Recommended>(["caller", "argument.first"]).then_hoist::<Product>().or("[]")
        ),
        directive = bounds::apply(items(product::MAX_RECOMMENDED).by("argument.first"))
    )]
    async fn recommendations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Products to return, 20 at most.", default = 10)] first: i32,
    ) -> Result<RefList<Product>, Error> {
        product::recommended(ctx, first).await
    }

    /// Notifications of the signed-in customer, newest first.
    #[graphql(
        directive = fetches::apply(
            fetch::<MyNotifications>(["caller", "argument.first", "argument.after"]).or("null")
        ),
        directive = bounds::apply(
            items(notification::MAX_NOTIFICATIONS).by("argument.first").of(["edges", "nodes"])
        )
    )]
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Notifications per page, 50 at most.", default = 5)] first: i32,
        #[graphql(desc = "Cursor of the notification to continue after.")] after: Option<String>,
    ) -> Nullable<Connection<Notification, NotificationConnectionFields>> {
        ctx.scope().principal().user()?;
        ctx.optional(notification::mine(ctx, first, after).await).transpose()
    }

    /// Orders of the signed-in customer, newest first.
    #[graphql(
        directive = fetches::apply(fetch::<MyOrders>(["caller", "argument.first", "argument.after"]).or("null")),
        directive = bounds::apply(items(order::MAX_ORDERS).by("argument.first").of(["edges", "nodes"]))
    )]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Orders per page, 50 at most.", default = 5)] first: i32,
        #[graphql(desc = "Cursor of the order to continue after.")] after: Option<String>,
    ) -> Nullable<Connection<Order, OrderConnectionFields>> {
        ctx.scope().principal().user()?;
        ctx.optional(order::mine(ctx, first, after).await).transpose()
    }
}
