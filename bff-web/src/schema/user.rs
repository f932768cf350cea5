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

/// Somebody who has an account. Of others than yourself you see the id, the name and the picture.
#[Object]
impl User {
    /// Id of the user.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Name they chose to be shown by, such as "Ada L.".
    #[graphql(directive = reads::apply(["display_name"]))]
    async fn name(&self) -> &str {
        &self.0.display_name
    }

    /// Picture of them.
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

/// You: your account and what belongs to it.
#[Object]
impl Viewer {
    /// Id of your account. As somebody whom others see you have one of a `User`.
    #[graphql(directive = reads::apply(["id"]))]
    pub(super) async fn id(&self) -> ID {
        Id::<Self>::new(&*self.0.id).to_id()
    }

    /// Name you chose to be shown by, such as "Ada L.".
    #[graphql(directive = reads::apply(["display_name"]))]
    async fn name(&self) -> &str {
        &self.0.display_name
    }

    /// Name to greet you by, such as "Ada".
    #[graphql(directive = reads::apply(["given_name"]))]
    async fn given_name(&self) -> &str {
        &self.0.given_name
    }

    /// Your e-mail address.
    #[graphql(directive = reads::apply(["email"]))]
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// Picture of you.
    #[graphql(directive = reads::apply(["avatar_url"]))]
    async fn avatar_url(&self) -> Url {
        self.0.avatar_url.as_str().into()
    }

    /// When you opened the account. Null when that is not known.
    #[graphql(directive = reads::apply(["create_time"]))]
    async fn member_since(&self, ctx: &Context<'_>) -> Option<DateTime> {
        ctx.known(self.0.create_time.as_ref().and_then(DateTime::of))
    }

    /// How you want to be treated. Null when that is not known right now.
    #[graphql(directive = fetches::apply(fetch::<MyPreferences>(["caller"]).or("null")))]
    async fn preferences(&self, ctx: &Context<'_>) -> Nullable<Preferences> {
        ctx.optional(ctx.fetch(MyPreferences).await.map(Preferences)).transpose()
    }

    /// What you can pay with, the default one first. Empty when that is not known right now.
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

/// Everything on the page of somebody who has signed in. Each part may be missing alone; what is yours is null for those
/// who have not signed in.
#[Object]
impl Dashboard {
    /// You.
    #[graphql(directive = fetches::apply(hoist::<Viewer>(["caller"]).or("null")))]
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Ref<Viewer>> {
        me(ctx)
    }

    /// What you are about to buy.
    #[graphql(directive = fetches::apply(fetch::<MyCart>(["caller"]).or("null")))]
    async fn cart(&self, ctx: &Context<'_>) -> Nullable<Cart> {
        ctx.scope().principal().user()?;
        ctx.optional(cart::mine(ctx).await).transpose()
    }

    /// Products you may like, best first.
    #[graphql(
        directive = fetches::apply(
            fetch::<Recommended>(["caller", "argument.first"]).then_hoist::<Product>().or("[]")
        ),
        directive = bounds::apply(items(product::MAX_RECOMMENDED).by("argument.first"))
    )]
    async fn recommendations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Products to answer, 20 at most.", default = 10)] first: i32,
    ) -> Result<RefList<Product>, Error> {
        product::recommended(ctx, first).await
    }

    /// What the shop tells you, newest first.
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
        #[graphql(desc = "Notifications on the page, 50 at most.", default = 5)] first: i32,
        #[graphql(desc = "Cursor of the notification to go on behind.")] after: Option<String>,
    ) -> Nullable<Connection<Notification, NotificationConnectionFields>> {
        ctx.scope().principal().user()?;
        ctx.optional(notification::mine(ctx, first, after).await).transpose()
    }

    /// What you bought, newest first.
    #[graphql(
        directive = fetches::apply(fetch::<MyOrders>(["caller", "argument.first", "argument.after"]).or("null")),
        directive = bounds::apply(items(order::MAX_ORDERS).by("argument.first").of(["edges", "nodes"]))
    )]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Orders on the page, 50 at most.", default = 5)] first: i32,
        #[graphql(desc = "Cursor of the order to go on behind.")] after: Option<String>,
    ) -> Nullable<Connection<Order, OrderConnectionFields>> {
        ctx.scope().principal().user()?;
        ctx.optional(order::mine(ctx, first, after).await).transpose()
    }
}
