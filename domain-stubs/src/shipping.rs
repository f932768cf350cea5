//! The shipping service: the ways to send products to a country, with their prices.

mod countries;
mod tariff;

use proto::shipping::{
    BatchGetShippingOptionsRequest, BatchGetShippingOptionsResponse, QuoteParcelRequest, QuoteParcelResponse,
    ShippingOption, ShippingOptions, ShippingQuery, ShippingResult, shipping_result::Outcome,
    shipping_service_server::ShippingService,
};
use rusqlite::Connection;
use tonic::{Code, Request, Response, Status};

pub(crate) use self::countries::is_country;
use self::tariff::Tariff;
use crate::{
    assortment::Products,
    batch::{Answer, Batch, Key, check_keys},
    currency::Currency,
    hash::Random,
    mask::{Mask, Resource},
    money::Money,
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
        let results = batch.read(&self.store, move |db, query| options(&products, db, query, &mask)).await?;
        let results = results.into_iter().map(ShippingResult::from).collect();
        Ok(Response::new(BatchGetShippingOptionsResponse { results }))
    }

    async fn quote_parcel(
        &self,
        request: Request<QuoteParcelRequest>,
    ) -> Result<Response<QuoteParcelResponse>, Status> {
        let request = request.into_inner();
        let mask = Mask::<ShippingOptions>::new(request.read_mask.as_ref())?;
        check_keys("product_ids", &request.product_ids)?;
        let products = self.products.clone();
        let quote = move |db: &Connection| quote(&products, db, &request);
        let ways = self.store.read(quote).await?;
        let quote = mask.trim(ShippingOptions { options: ways.into_iter().map(Into::into).collect() });
        Ok(Response::new(QuoteParcelResponse { quote: Some(quote) }))
    }
}

fn options(
    products: &Products,
    db: &Connection,
    query: &ShippingQuery,
    mask: &Mask<ShippingOptions>,
) -> Result<ShippingOptions, Refusal> {
    let product = &query.product_id;
    let ways = ways(product, currency(products, db, product)?, &query.country_code)?;
    Ok(mask.trim(ShippingOptions { options: ways.into_iter().map(Into::into).collect() }))
}

fn quote(products: &Products, db: &Connection, request: &QuoteParcelRequest) -> Result<Vec<Way>, Refusal> {
    let goods = request.product_ids.iter();
    let goods: Vec<_> =
        goods.map(|id| Ok((id.as_str(), currency(products, db, id)?))).collect::<Result<_, Refusal>>()?;
    if goods.windows(2).any(|two| two[0].1 != two[1].1) {
        let problem = "the products are not sold in one currency";
        return Err(Refusal::new(Code::FailedPrecondition, "CURRENCY_MISMATCH", problem));
    }
    together(goods, &request.country_code)
}

/// The currency a product is sold in.
fn currency(products: &Products, db: &Connection, product: &str) -> Result<Currency, Refusal> {
    let list_price = products.list_price(db, product)?.ok_or_else(|| Refusal::unknown_product(product))?;
    Ok(list_price.currency())
}

impl From<Way> for ShippingOption {
    fn from(way: Way) -> Self {
        Self {
            id: way.id.to_owned(),
            name: way.name.to_owned(),
            price: Some(way.price.into()),
            min_days: way.days.0,
            max_days: way.days.1,
        }
    }
}

/// The ways to send a product to a country, the cheapest first, at prices in its currency; none for
/// a country that is not shipped to, or for a currency without a tariff.
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
    // The weight class of a product: light, handy or bulky.
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

/// The ways to send several products together, the cheapest first: those in which every product can be sent, at the
/// highest price and the longest time among the products. Each product comes with its currency, which must be the same
/// for all.
fn together<'a>(
    goods: impl IntoIterator<Item = (&'a str, Currency)>,
    country: &str,
) -> Result<Vec<Way>, Refusal> {
    let mut common: Option<Vec<Way>> = None;
    for (product, currency) in goods {
        let ways = ways(product, currency, country)?;
        let joined = |way: Way| {
            let other = ways.iter().find(|other| other.id == way.id)?;
            let dearer = if other.price.cents() > way.price.cents() { other.price } else { way.price };
            let days = (way.days.0.max(other.days.0), way.days.1.max(other.days.1));
            Some(Way { price: dearer, days, ..way })
        };
        common = Some(match common {
            Some(common) => common.into_iter().filter_map(joined).collect(),
            None => ways,
        });
    }
    Ok(common.unwrap_or_default())
}

/// The price to send several products together in one of these ways; `FAILED_PRECONDITION` if it is
/// not available.
pub(crate) fn price<'a>(
    goods: impl IntoIterator<Item = (&'a str, Currency)>,
    country: &str,
    option: &str,
) -> Result<Money, Refusal> {
    let way = together(goods, country)?.into_iter().find(|way| way.id == option);
    way.map(|way| way.price).ok_or_else(|| {
        let problem = format!("shipping {option:?} to {country:?} is not available for all products");
        Refusal::new(Code::FailedPrecondition, "SHIPPING_NOT_AVAILABLE", problem)
    })
}

impl From<Answer<ShippingQuery, ShippingOptions>> for ShippingResult {
    fn from(Answer { key: query, outcome }: Answer<ShippingQuery, ShippingOptions>) -> Self {
        Self { query: Some(query), outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}
