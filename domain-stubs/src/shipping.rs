//! The shipping service: how goods reach customers.

mod countries;
mod tariff;

use proto::shipping::{
    BatchGetShippingOptionsRequest, BatchGetShippingOptionsResponse, ShippingOption, ShippingOptions,
    ShippingQuery, ShippingResult, shipping_result::Outcome, shipping_service_server::ShippingService,
};
use rusqlite::Connection;
use tonic::{Code, Request, Response, Status};

pub(crate) use self::countries::is_country;
use self::tariff::Tariff;
use crate::{
    assortment::Products,
    batch::{Answer, Batch, Key},
    hash::Random,
    mask::{Mask, Resource},
    pricing::{Currency, Money},
    refusal::Refusal,
    store::Store,
};

/// Shipping over the store.
#[derive(Debug, Clone)]
pub(crate) struct Shipping {
    pub(crate) store: Store,
    pub(crate) products: Products,
}

impl Resource for ShippingOptions {
    const NAME: &'static str = "shop.shipping.v1.ShippingOptions";
    const KEY: Option<&'static str> = None;
}

impl Key for ShippingQuery {
    fn id(&self) -> &str {
        &self.product_id
    }

    fn renamed(&self, product_id: String) -> Self {
        Self { product_id, ..self.clone() }
    }
}

/// One way to send a product to a country.
#[derive(Debug, Clone, Copy)]
struct Way {
    id: &'static str,
    name: &'static str,
    price: Money,
    days: (i32, i32),
}

#[tonic::async_trait]
impl ShippingService for Shipping {
    async fn batch_get_shipping_options(
        &self,
        request: Request<BatchGetShippingOptionsRequest>,
    ) -> Result<Response<BatchGetShippingOptionsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let mask = Mask::<ShippingOptions>::new(request.read_mask.as_ref())?;
        let batch = Batch::new(&extensions, "queries", request.queries)?;
        let products = self.products.clone();
        let answers = batch.read(&self.store, move |db, query| options(&products, db, query, &mask)).await?;
        let results = answers.into_iter().map(ShippingResult::from).collect();
        Ok(Response::new(BatchGetShippingOptionsResponse { results }))
    }
}

fn options(
    products: &Products,
    db: &Connection,
    query: &ShippingQuery,
    mask: &Mask<ShippingOptions>,
) -> Result<ShippingOptions, Refusal> {
    let product = &query.product_id;
    let list_price = products.list_price(db, product)?.ok_or_else(|| Refusal::unknown_product(product))?;
    let options =
        ways(product, list_price.currency(), &query.country_code)?.into_iter().map(|way| ShippingOption {
            id: way.id.to_owned(),
            name: way.name.to_owned(),
            price: Some(way.price.into()),
            min_days: way.days.0,
            max_days: way.days.1,
        });
    Ok(mask.trim(ShippingOptions { options: options.collect() }))
}

/// The ways to send a product to a country, the cheapest first, at prices in the currency it is sold in; none for a
/// country nothing is sent to, or for a currency without a tariff.
fn ways(product: &str, currency: Currency, country: &str) -> Result<Vec<Way>, Refusal> {
    if !is_country(country) {
        return Err(Refusal::invalid(
            "COUNTRY_INVALID",
            "country_code",
            format!("{country:?} is no country"),
        ));
    }
    let (Some(zone), Some(tariff)) = (countries::zone(country), Tariff::of(currency)) else {
        return Ok(Vec::new());
    };
    // How heavy a product is: light, handy or bulky.
    let class = i64::try_from(Random::of(&["weight", product]).index(3)).expect("below three");
    let way = |id, name, base: i64, days: (i32, i32)| Way {
        id,
        name,
        price: tariff.price((base + class * 250) * (1 + zone)),
        days: (
            days.0 + i32::try_from(zone).expect("a small number"),
            days.1 + 2 * i32::try_from(zone).expect("a small number"),
        ),
    };
    let mut ways = Vec::new();
    if zone == 0 {
        ways.push(way("pickup", "Pick-up point", 190, (2, 3)));
    }
    ways.push(way("standard", "Standard", 390, (2, 4)));
    if class < 2 {
        ways.push(way("express", "Express", 890, (1, 1)));
    }
    Ok(ways)
}

/// What sending several products together costs: as much as sending the dearest of them. Each comes with the
/// currency it is sold in, which is the same for all.
pub(crate) fn price<'a>(
    goods: impl IntoIterator<Item = (&'a str, Currency)>,
    country: &str,
    option: &str,
) -> Result<Money, Refusal> {
    let mut dearest: Option<Money> = None;
    for (product, currency) in goods {
        let ways = ways(product, currency, country)?;
        let way = ways.iter().find(|way| way.id == option).ok_or_else(|| {
            let problem = format!("{product:?} cannot be sent in this way");
            Refusal::new(Code::FailedPrecondition, "SHIPPING_NOT_AVAILABLE", problem)
        })?;
        dearest = dearest.into_iter().chain([way.price]).max_by_key(|price| price.cents());
    }
    Ok(dearest.unwrap_or(Money::from_cents(0)))
}

impl From<Answer<ShippingQuery, ShippingOptions>> for ShippingResult {
    fn from(Answer { key: query, outcome }: Answer<ShippingQuery, ShippingOptions>) -> Self {
        Self { query: Some(query), outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}
