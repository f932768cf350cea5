//! A card is valid to the end of its month, and only for its owner.

use jiff::{Timestamp, civil, tz::TimeZone};
use proto::payments::{ListPaymentMethodsRequest, ListPaymentMethodsResponse, PaymentMethod};
use tonic::{Code, Status};

use crate::shop::{ADA, Clients, NEW, PRODUCT, Shop, failure, mask, now, order_by, violations};

/// A customer with a promotion for loyal customers.
const ZOE: &str = "user-zoe-marchetti";

/// A customer whose bank declines every payment.
const WITHOUT_LUCK: &str = "user-pat-declined";

/// A customer whose only card has expired.
const WITHOUT_CARD: &str = "user-goran-petrusic";

#[tokio::test]
async fn every_customer_has_methods_of_which_the_first_is_the_default() {
    let shop = Shop::open().await;
    for user in [ADA, ZOE, WITHOUT_LUCK, WITHOUT_CARD] {
        let methods = whole(&shop.user(user)).await;
        assert!(!methods.is_empty(), "{user}");
        for (index, method) in methods.iter().enumerate() {
            assert_eq!(method.is_default, index == 0, "{method:?}");
            assert!((1..=12).contains(&method.expiry_month), "{method:?}");
            assert_eq!(method.last_four.len(), 4, "{method:?}");
        }
    }
    assert_eq!(whole(&shop.user(NEW)).await, []);
}

#[tokio::test]
async fn walking_all_methods_meets_each_once_whatever_the_size_of_the_pages() {
    let shop = Shop::open().await;
    let clients = customer_with_methods(&shop, 3).await;
    let expected = whole(&clients).await;
    for page_size in [1, 2, 3, 4] {
        let (mut met, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListPaymentMethodsRequest { page_size, page_token, read_mask: None };
            let page = list(&clients, request).await.unwrap();
            met.extend(page.payment_methods);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(met, expected, "pages of {page_size}");
    }
}

#[tokio::test]
async fn a_token_of_another_user_and_a_negative_size_are_rejected() {
    let shop = Shop::open().await;
    let clients = customer_with_methods(&shop, 3).await;
    let request = ListPaymentMethodsRequest { page_size: 1, ..Default::default() };
    let page_token = list(&clients, request).await.unwrap().next_page_token;
    let request = ListPaymentMethodsRequest { page_token, ..Default::default() };
    let status = list(&shop.user(ADA), request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
    let request = ListPaymentMethodsRequest { page_size: -1, ..Default::default() };
    let status = list(&clients, request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "PAGE_SIZE_INVALID".into()));
    assert_eq!(violations(&status), ["page_size"]);
}

#[tokio::test]
async fn a_mask_leaves_the_identifier_and_what_it_names() {
    let shop = Shop::open().await;
    let request = ListPaymentMethodsRequest { read_mask: Some(mask(&["last_four"])), ..Default::default() };
    let masked = list(&shop.user(ADA), request).await.unwrap().payment_methods;
    let full = whole(&shop.user(ADA)).await.into_iter();
    let expected = full.map(|it| PaymentMethod { id: it.id, last_four: it.last_four, ..Default::default() });
    assert_eq!(masked, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn nobody_and_no_device_has_methods() {
    let shop = Shop::open().await;
    for clients in [shop.anybody(), shop.device(ADA)] {
        let status = list(&clients, ListPaymentMethodsRequest::default()).await.unwrap_err();
        assert_eq!(failure(&status), (Code::Unauthenticated, "USER_REQUIRED".into()));
    }
}

#[tokio::test]
async fn a_card_pays_to_the_end_of_its_month_and_no_longer() {
    let (shop, clock) = Shop::with_clock().await;
    let clients = shop.user(ADA);
    let card = whole(&clients).await.remove(0);
    let end = end_of_month(&card).as_second();
    assert!(end > now().as_second());
    clock.set(end);
    let status = clients.place(order_by(ADA, "first-key")).await.unwrap_err();
    assert_eq!(failure(&status), (Code::FailedPrecondition, "PAYMENT_DECLINED".into()));
    clock.set(end - 1);
    let order = clients.place(order_by(ADA, "first-key")).await.unwrap();
    assert_eq!(order.payment_method_id, card.id);
}

#[tokio::test]
async fn a_card_that_has_expired_or_whose_bank_declines_pays_nothing() {
    let shop = Shop::open().await;
    for user in [WITHOUT_CARD, WITHOUT_LUCK] {
        let clients = shop.user(user);
        let cart = clients.add("first-key", PRODUCT, 1).await.unwrap();
        let status = clients.place(order_by(user, "first-key")).await.unwrap_err();
        assert_eq!(failure(&status), (Code::FailedPrecondition, "PAYMENT_DECLINED".into()), "{user}");
        assert_eq!(clients.cart().await, cart, "{user} can try another card");
    }
    let ended = whole(&shop.user(WITHOUT_CARD)).await.remove(0);
    assert!(end_of_month(&ended) < now());
    let declined = whole(&shop.user(WITHOUT_LUCK)).await.remove(0);
    assert!(end_of_month(&declined) > now(), "it is the bank that declines");
}

#[tokio::test]
async fn nobody_pays_with_the_card_of_somebody_else() {
    let shop = Shop::open().await;
    let clients = shop.user(ADA);
    for method in ["pay-zoe-marchetti-1", "", "nope"] {
        let mut request = order_by(ADA, "first-key");
        request.payment_method_id = method.into();
        let status = clients.place(request).await.unwrap_err();
        assert_eq!(failure(&status), (Code::FailedPrecondition, "PAYMENT_METHOD_NOT_FOUND".into()));
    }
}

/// The first instant at which a card has expired, in UTC.
fn end_of_month(card: &PaymentMethod) -> Timestamp {
    let (year, month) = (card.expiry_year.try_into().unwrap(), card.expiry_month.try_into().unwrap());
    let last = civil::date(year, month, 1).last_of_month();
    last.tomorrow().unwrap().to_zoned(TimeZone::UTC).unwrap().timestamp()
}

/// Clients of an author with this number of methods.
async fn customer_with_methods(shop: &Shop, count: usize) -> Clients {
    for user in
        [ZOE, "user-lukasz-wrona", "user-nuria-pascual", "user-emile-dufresne", "user-henk-vandermolen"]
    {
        let clients = shop.user(user);
        if whole(&clients).await.len() == count {
            return clients;
        }
    }
    panic!("nobody has {count} methods");
}

async fn list(
    clients: &Clients,
    request: ListPaymentMethodsRequest,
) -> Result<ListPaymentMethodsResponse, Status> {
    Ok(clients.payments().list_payment_methods(request).await?.into_inner())
}

async fn whole(clients: &Clients) -> Vec<PaymentMethod> {
    let request = ListPaymentMethodsRequest { page_size: 50, ..Default::default() };
    list(clients, request).await.unwrap().payment_methods
}
