//! The payment service, and the authorisation of payments for the domain itself.

use jiff::{Timestamp, tz::TimeZone};
use proto::payments::{
    ListPaymentMethodsRequest, ListPaymentMethodsResponse, PaymentMethod,
    payment_service_server::PaymentService,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tonic::{Code, Request, Response, Status};

use crate::{
    credential::Caller,
    mask::{Mask, Resource},
    money::Money,
    page::{Asked, Listing, Page},
    refusal::Refusal,
    store::Store,
};

/// Default and largest number of methods on a page.
const PAGE_SIZES: (usize, i32) = (10, 50);

/// Payments over the store.
#[derive(Debug, Clone)]
pub(crate) struct Payments {
    pub(crate) store: Store,
}

impl Resource for PaymentMethod {
    const NAME: &'static str = "shop.payments.v1.PaymentMethod";
    const KEY: Option<&'static str> = Some("id");
}

/// The position of a method in the list of a user: `false` for the default method, which comes first, then the
/// identifier.
type Position = (bool, String);

#[tonic::async_trait]
impl PaymentService for Payments {
    async fn list_payment_methods(
        &self,
        request: Request<ListPaymentMethodsRequest>,
    ) -> Result<Response<ListPaymentMethodsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let mask = Mask::<PaymentMethod>::new(request.read_mask.as_ref())?;
        let page: Page<Position> =
            Listing::new("ListPaymentMethods", &[&user], PAGE_SIZES.0).page(Asked {
                page_size: request.page_size.min(PAGE_SIZES.1),
                page_token: &request.page_token,
                skip: 0,
            })?;
        let mut methods = {
            let page = page.clone();
            self.store.read(move |db| Ok::<_, Refusal>(list(db, &user, &page)?)).await?
        };
        let tokens = page.cut(&mut methods, |method| (!method.is_default, method.id.clone()));
        let payment_methods = methods.into_iter().map(|method| mask.trim(method)).collect();
        Ok(Response::new(ListPaymentMethodsResponse {
            payment_methods,
            next_page_token: tokens.next,
            item_tokens: tokens.items,
        }))
    }
}

fn list(db: &Connection, user: &str, page: &Page<Position>) -> rusqlite::Result<Vec<PaymentMethod>> {
    let (behind, id) = page.after.clone().unwrap_or_default();
    let mut statement = db.prepare_cached(
        "SELECT id, brand, last_four, expiry_month, expiry_year, is_default FROM payment_methods
         WHERE user_id = ?1 AND (1 - is_default, id) > (?2, ?3) ORDER BY is_default DESC, id LIMIT ?4",
    )?;
    let rows = statement.query_map(params![user, behind, id, page.limit()], from_row)?;
    rows.collect()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<PaymentMethod> {
    Ok(PaymentMethod {
        id: row.get(0)?,
        brand: row.get(1)?,
        last_four: row.get(2)?,
        expiry_month: row.get(3)?,
        expiry_year: row.get(4)?,
        is_default: row.get(5)?,
    })
}

/// Authorises the payment of an order with a method of the user.
pub(crate) fn authorise(
    db: &Connection,
    user: &str,
    method: &str,
    order: i64,
    amount: Money,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO payment_authorisations (order_number, payment_method_id, amount, currency, released)
         SELECT ?1, id, ?2, ?5, 0 FROM payment_methods WHERE id = ?3 AND user_id = ?4",
    )?
    .execute(params![order, amount.cents(), method, user, amount.currency()])?;
    Ok(())
}

/// Declines a method that is not the user's, has expired, or whose bank declines every payment.
pub(crate) fn check(db: &Connection, user: &str, method: &str, now: Timestamp) -> Result<(), Refusal> {
    let declined = |reason, problem: &str| Refusal::new(Code::FailedPrecondition, reason, problem);
    let found: Option<(i16, i16, bool)> = db
        .prepare_cached(
            "SELECT expiry_year, expiry_month, declines FROM payment_methods WHERE id = ?1 AND user_id = ?2",
        )?
        .query_row([method, user], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let (year, month, is_declined) =
        found.ok_or_else(|| declined("PAYMENT_METHOD_NOT_FOUND", "the user has no such payment method"))?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let ended = (year, month) < (today.year(), i16::from(today.month()));
    if is_declined || ended {
        return Err(declined("PAYMENT_DECLINED", "the payment was declined"));
    }
    Ok(())
}

/// Releases the authorised payment of an order.
pub(crate) fn release(db: &Connection, order: i64) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE payment_authorisations SET released = 1 WHERE order_number = ?1")?
        .execute([order])?;
    Ok(())
}
