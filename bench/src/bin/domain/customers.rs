//! The services of customers: accounts, carts, notifications, recommendations.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proto::carts::cart_service_server::CartService;
use proto::carts::{self, Cart, CartItem};
use proto::common::{KeyError, Money};
use proto::notifications::notification_service_server::NotificationService;
use proto::notifications::{self, Notification, NotificationKind};
use proto::recommendations;
use proto::recommendations::recommendation_service_server::RecommendationService;
use proto::users::user_service_server::UserService;
use proto::users::{self, User, user_result};
use serde::Deserialize;
use tonic::metadata::MetadataMap;
use tonic::{Code, Request, Response, Status};

use crate::Shop;
use crate::catalogue::PRODUCTS;
use crate::mask::{Mask, mask_of, masked};

/// Products that are recommended to a user.
const RECOMMENDED: usize = 20;

/// Notifications of each user.
const NOTIFICATIONS: usize = 9;

type Reply<T> = Result<Response<T>, Status>;

/// The part of a credential that is read.
#[derive(Deserialize)]
struct Claims {
    sub: Option<String>,
}

/// Returns the number of the acting user; `None` if the credential names nobody. The signature is not verified: the cost
/// of that is the services' own.
fn acting(metadata: &MetadataMap) -> Option<usize> {
    let credential = metadata.get("authorization")?.to_str().ok()?;
    let claims = URL_SAFE_NO_PAD.decode(credential.split('.').nth(1)?).ok()?;
    number(&serde_json::from_slice::<Claims>(&claims).ok()?.sub?)
}

/// Returns the number in the id of a user, such as 7 for `user-0007`.
fn number(id: &str) -> Option<usize> {
    id.strip_prefix("user-")?.parse().ok()
}

fn signed_in(metadata: &MetadataMap) -> Result<usize, Status> {
    acting(metadata).ok_or_else(|| Status::unauthenticated("the credential names no user"))
}

fn not_served<T>() -> Result<T, Status> {
    Err(Status::unimplemented("no measured operation needs this RPC"))
}

fn cart(user: usize, mask: &Mask<'_>) -> Cart {
    let euro = |units| Some(Money { currency_code: "EUR".to_owned(), units, nanos: 0 });
    let item = |index: usize| CartItem {
        product_id: bench::product_id((user * 3 + index) % PRODUCTS),
        quantity: 2,
        unit_price: euro(20),
        line_price: euro(40),
    };
    let items = 1 + user % 4;
    Cart {
        items: if mask.wants("items") { (0..items).map(item).collect() } else { Vec::new() },
        item_count: if mask.wants("item_count") { 2 * items as i32 } else { 0 },
        subtotal: if mask.wants("subtotal") { euro(40 * items as i64) } else { None },
        update_time: None,
    }
}

#[tonic::async_trait]
impl CartService for Shop {
    async fn get_cart(&self, request: Request<carts::GetCartRequest>) -> Reply<carts::GetCartResponse> {
        let user = signed_in(request.metadata())?;
        let request = request.into_inner();
        let mask = mask_of!(request, items, item_count, subtotal, update_time)?;
        Ok(Response::new(carts::GetCartResponse { cart: Some(cart(user, &mask)) }))
    }

    async fn add_item(&self, _: Request<carts::AddItemRequest>) -> Reply<carts::AddItemResponse> {
        not_served()
    }

    async fn set_quantity(&self, _: Request<carts::SetQuantityRequest>) -> Reply<carts::SetQuantityResponse> {
        not_served()
    }

    async fn remove_item(&self, _: Request<carts::RemoveItemRequest>) -> Reply<carts::RemoveItemResponse> {
        not_served()
    }

    async fn adopt_cart(&self, _: Request<carts::AdoptCartRequest>) -> Reply<carts::AdoptCartResponse> {
        not_served()
    }
}

fn notification(user: usize, index: usize) -> Notification {
    Notification {
        id: format!("notification-{user:04}-{index}"),
        kind: NotificationKind::Price.into(),
        title: "A product costs less".to_owned(),
        text: "A product that you have looked at costs less than it did when you last saw it.".to_owned(),
        read: index >= user % NOTIFICATIONS,
        create_time: None,
        order_id: String::new(),
        product_id: bench::product_id((user + index) % PRODUCTS),
    }
}

#[tonic::async_trait]
impl NotificationService for Shop {
    type WatchNotificationsStream = tonic::codegen::BoxStream<notifications::WatchNotificationsResponse>;

    async fn list_notifications(
        &self,
        request: Request<notifications::ListNotificationsRequest>,
    ) -> Reply<notifications::ListNotificationsResponse> {
        let user = signed_in(request.metadata())?;
        let request = request.into_inner();
        let mask = mask_of!(request, id, kind, title, text, read, create_time, order_id, product_id)?;
        if !request.page_token.is_empty() || request.skip != 0 {
            return Err(Status::invalid_argument("only first pages are served here"));
        }
        let size =
            usize::try_from(request.page_size).map_err(|_| Status::invalid_argument("a size is negative"))?;
        let size = if size == 0 { NOTIFICATIONS } else { size.min(NOTIFICATIONS) };
        let item = |index| {
            let whole = notification(user, index);
            masked!(whole, mask, Notification {
                id; kind, title, text, read, create_time, order_id, product_id
            })
        };
        let notifications: Vec<_> = (0..size).map(item).collect();
        let item_tokens: Vec<_> = notifications.iter().map(|it| it.id.clone()).collect();
        Ok(Response::new(notifications::ListNotificationsResponse {
            notifications,
            next_page_token: item_tokens.last().filter(|_| size < NOTIFICATIONS).cloned().unwrap_or_default(),
            total_size: NOTIFICATIONS as i32,
            unread_count: (user % NOTIFICATIONS) as i32,
            item_tokens,
        }))
    }

    async fn batch_get_notifications(
        &self,
        _: Request<notifications::BatchGetNotificationsRequest>,
    ) -> Reply<notifications::BatchGetNotificationsResponse> {
        not_served()
    }

    async fn mark_read(
        &self,
        _: Request<notifications::MarkReadRequest>,
    ) -> Reply<notifications::MarkReadResponse> {
        not_served()
    }

    async fn watch_notifications(
        &self,
        _: Request<notifications::WatchNotificationsRequest>,
    ) -> Reply<Self::WatchNotificationsStream> {
        not_served()
    }
}

#[tonic::async_trait]
impl RecommendationService for Shop {
    async fn list_recommendations(
        &self,
        request: Request<recommendations::ListRecommendationsRequest>,
    ) -> Reply<recommendations::ListRecommendationsResponse> {
        let user = acting(request.metadata()).unwrap_or_default();
        let request = request.into_inner();
        if !request.page_token.is_empty() {
            return Err(Status::invalid_argument("only first pages are served here"));
        }
        let size =
            usize::try_from(request.page_size).map_err(|_| Status::invalid_argument("a size is negative"))?;
        let size = if size == 0 { 10 } else { size.min(RECOMMENDED) };
        let product_ids: Vec<_> =
            (0..size).map(|it| bench::product_id((user * 7 + it * 41) % PRODUCTS)).collect();
        Ok(Response::new(recommendations::ListRecommendationsResponse {
            next_page_token: product_ids.last().filter(|_| size < RECOMMENDED).cloned().unwrap_or_default(),
            item_tokens: product_ids.clone(),
            product_ids,
        }))
    }

    async fn batch_list_related(
        &self,
        _: Request<recommendations::BatchListRelatedRequest>,
    ) -> Reply<recommendations::BatchListRelatedResponse> {
        not_served()
    }
}

fn user(number: usize, is_acting: bool, mask: &Mask<'_>) -> User {
    let own = |text: String| if is_acting { text } else { String::new() };
    let whole = User {
        id: bench::user_id(number),
        display_name: format!("Reader {number}"),
        given_name: own(format!("Given{number}")),
        email: own(format!("reader-{number}@shop.example")),
        avatar_url: format!("https://images.shop.example/users/{number}.jpg"),
        create_time: None,
    };
    masked!(whole, mask, User { id; display_name, given_name, email, avatar_url, create_time })
}

#[tonic::async_trait]
impl UserService for Shop {
    async fn batch_get_users(
        &self,
        request: Request<users::BatchGetUsersRequest>,
    ) -> Reply<users::BatchGetUsersResponse> {
        let acting = acting(request.metadata());
        let request = request.into_inner();
        let mask = mask_of!(request, id, display_name, given_name, email, avatar_url, create_time)?;
        let result = |id: &String| {
            let outcome = match number(id) {
                Some(number) => user_result::Outcome::Item(user(number, acting == Some(number), &mask)),
                None => user_result::Outcome::Error(KeyError {
                    code: Code::NotFound.into(),
                    message: format!("there is no user {id:?}"),
                    reason: "USER_NOT_FOUND".to_owned(),
                    details: Vec::new(),
                }),
            };
            users::UserResult { user_id: id.clone(), outcome: Some(outcome) }
        };
        let results = request.user_ids.iter().map(result).collect();
        Ok(Response::new(users::BatchGetUsersResponse { results }))
    }

    async fn get_preferences(
        &self,
        _: Request<users::GetPreferencesRequest>,
    ) -> Reply<users::GetPreferencesResponse> {
        not_served()
    }

    async fn update_preferences(
        &self,
        _: Request<users::UpdatePreferencesRequest>,
    ) -> Reply<users::UpdatePreferencesResponse> {
        not_served()
    }
}
