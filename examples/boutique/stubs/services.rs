//! The nine services of the boutique, in memory. They report mistakes as plain services do: by the status alone.

use std::collections::HashMap;
use std::sync::{Arc, atomic::AtomicUsize, atomic::Ordering};

use ::boutique::proto::{ListRecommendationsRequest as Seen, ListRecommendationsResponse as Recommended, *};
use tokio::sync::{Barrier, Mutex};
use tonic::{Request, Response, Status, async_trait};

/// Number of a card that its bank declines.
pub(crate) const DECLINED: &str = "4000000000000002";

/// Ids of products, and their prices in cents of a US dollar. Four pairs cost the same.
const PRODUCTS: [&str; 12] =
    ["apron", "bowl", "candle", "clock", "jug", "lamp", "mug", "pillow", "scarf", "tray", "vase", "wallet"];
const CENTS: [i32; 12] = [2_450, 3_800, 990, 4_999, 2_450, 7_525, 990, 3_800, 4_999, 1_875, 2_210, 5_640];

/// Units of a currency for a US dollar, in thousandths.
const RATES: [(&str, i64); 4] = [("EUR", 920), ("GBP", 790), ("JPY", 150_000), ("USD", 1_000)];

type Answer<T> = Result<Response<T>, Status>;

#[expect(clippy::unnecessary_wraps, reason = "a service returns a result")]
fn ok<T>(response: T) -> Answer<T> {
    Ok(Response::new(response))
}

/// The state of the services, and how they behave.
#[derive(Default)]
pub(crate) struct Boutique {
    pub(crate) carts: Mutex<HashMap<String, Vec<CartItem>>>,
    /// Conversions that were made, those under way, and the most of these there have been.
    pub(crate) conversions: [AtomicUsize; 3],
    /// Conversions wait here for one another; `None` if they do not.
    pub(crate) together: Option<Barrier>,
    pub(crate) without_ads: bool,
}

pub(crate) fn router(boutique: &Arc<Boutique>) -> tonic::transport::server::Router {
    tonic::transport::Server::builder()
        .add_service(ad_service_server::AdServiceServer::from_arc(boutique.clone()))
        .add_service(cart_service_server::CartServiceServer::from_arc(boutique.clone()))
        .add_service(checkout_service_server::CheckoutServiceServer::from_arc(boutique.clone()))
        .add_service(currency_service_server::CurrencyServiceServer::from_arc(boutique.clone()))
        .add_service(email_service_server::EmailServiceServer::from_arc(boutique.clone()))
        .add_service(payment_service_server::PaymentServiceServer::from_arc(boutique.clone()))
        .add_service(product_catalog_service_server::ProductCatalogServiceServer::from_arc(boutique.clone()))
        .add_service(recommendation_service_server::RecommendationServiceServer::from_arc(boutique.clone()))
        .add_service(shipping_service_server::ShippingServiceServer::from_arc(boutique.clone()))
}

fn dollars(cents: i32) -> Money {
    Money { currency_code: "USD".to_owned(), units: i64::from(cents / 100), nanos: cents % 100 * 10_000_000 }
}

fn products() -> impl Iterator<Item = Product> {
    PRODUCTS.iter().zip(CENTS).map(|(id, cents)| Product {
        id: (*id).to_owned(),
        name: format!("A {id} for the home"),
        picture: format!("https://pictures.example/{id}.jpg"),
        price_usd: Some(dollars(cents)),
        ..Product::default()
    })
}

fn find(id: &str) -> Result<Product, Status> {
    products().find(|it| it.id == id).ok_or_else(|| Status::not_found("no such product"))
}

fn convert(from: &Money, to: &str) -> Result<Money, Status> {
    let rate = |code: &str| RATES.iter().find(|it| it.0 == code).map(|it| it.1);
    let rates = rate(to).zip(rate(&from.currency_code));
    let (to_rate, from_rate) = rates.ok_or_else(|| Status::invalid_argument("unsupported currency"))?;
    let nanos = (from.units * 1_000_000_000 + i64::from(from.nanos)) * to_rate / from_rate;
    let (units, nanos) = (nanos / 1_000_000_000, i32::try_from(nanos % 1_000_000_000).unwrap_or_default());
    Ok(Money { currency_code: to.to_owned(), units, nanos })
}

#[async_trait]
impl cart_service_server::CartService for Boutique {
    async fn add_item(&self, request: Request<AddItemRequest>) -> Answer<Empty> {
        let AddItemRequest { user_id, item } = request.into_inner();
        let CartItem { product_id, quantity } = item.unwrap_or_default();
        find(&product_id)?;
        if !(1..=99).contains(&quantity) {
            return Err(Status::invalid_argument("a quantity is from 1 to 99"));
        }
        let mut carts = self.carts.lock().await;
        let cart = carts.entry(user_id).or_default();
        let before = cart.extract_if(.., |it| it.product_id == product_id).map(|it| it.quantity).sum::<i32>();
        cart.push(CartItem { product_id, quantity: before + quantity });
        ok(Empty {})
    }

    async fn get_cart(&self, request: Request<GetCartRequest>) -> Answer<Cart> {
        let user_id = request.into_inner().user_id;
        let items = self.carts.lock().await.get(&user_id).cloned();
        ok(Cart { items: items.unwrap_or_default(), user_id })
    }

    async fn empty_cart(&self, request: Request<EmptyCartRequest>) -> Answer<Empty> {
        self.carts.lock().await.remove(&request.into_inner().user_id);
        ok(Empty {})
    }
}

#[async_trait]
impl recommendation_service_server::RecommendationService for Boutique {
    async fn list_recommendations(&self, it: Request<Seen>) -> Answer<Recommended> {
        let seen = it.into_inner().product_ids;
        let others = products().map(|it| it.id).filter(|id| !seen.contains(id));
        ok(Recommended { product_ids: others.take(5).collect() })
    }
}

#[async_trait]
impl product_catalog_service_server::ProductCatalogService for Boutique {
    async fn list_products(&self, _: Request<Empty>) -> Answer<ListProductsResponse> {
        ok(ListProductsResponse { products: products().collect() })
    }

    async fn get_product(&self, request: Request<GetProductRequest>) -> Answer<Product> {
        ok(find(&request.into_inner().id)?)
    }

    async fn search_products(&self, it: Request<SearchProductsRequest>) -> Answer<SearchProductsResponse> {
        let found = products().filter(|product| product.name.contains(&it.get_ref().query));
        ok(SearchProductsResponse { results: found.collect() })
    }
}

#[async_trait]
impl shipping_service_server::ShippingService for Boutique {
    async fn get_quote(&self, request: Request<GetQuoteRequest>) -> Answer<GetQuoteResponse> {
        let items = request.into_inner().items.len();
        ok(GetQuoteResponse { cost_usd: Some(dollars(if items == 0 { 0 } else { 250 })) })
    }

    async fn ship_order(&self, _: Request<ShipOrderRequest>) -> Answer<ShipOrderResponse> {
        ok(ShipOrderResponse { tracking_id: "parcel-1".to_owned() })
    }
}

#[async_trait]
impl currency_service_server::CurrencyService for Boutique {
    async fn get_supported_currencies(&self, _: Request<Empty>) -> Answer<GetSupportedCurrenciesResponse> {
        ok(GetSupportedCurrenciesResponse { currency_codes: RATES.map(|it| it.0.to_owned()).to_vec() })
    }

    async fn convert(&self, request: Request<ConvertRequest>) -> Answer<Money> {
        let request = request.into_inner();
        let [made, under_way, most] = &self.conversions;
        made.fetch_add(1, Ordering::SeqCst);
        most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        if let Some(together) = &self.together {
            together.wait().await;
        }
        under_way.fetch_sub(1, Ordering::SeqCst);
        convert(&request.from.unwrap_or_default(), &request.to_code).map(Response::new)
    }
}

#[async_trait]
impl payment_service_server::PaymentService for Boutique {
    async fn charge(&self, request: Request<ChargeRequest>) -> Answer<ChargeResponse> {
        match request.into_inner().card {
            Some(card) if card.number != DECLINED => ok(ChargeResponse::default()),
            _ => Err(Status::failed_precondition("card declined")),
        }
    }
}

#[async_trait]
impl email_service_server::EmailService for Boutique {
    async fn send_order_confirmation(&self, _: Request<SendOrderConfirmationRequest>) -> Answer<Empty> {
        ok(Empty {})
    }
}

#[async_trait]
impl checkout_service_server::CheckoutService for Boutique {
    async fn place_order(&self, request: Request<PlaceOrderRequest>) -> Answer<PlaceOrderResponse> {
        let PlaceOrderRequest { user_id, currency, card, .. } = request.into_inner();
        let items = self.carts.lock().await.get(&user_id).cloned();
        items.ok_or_else(|| Status::failed_precondition("the cart is empty"))?;
        let shipping_cost = Some(convert(&dollars(250), &currency)?);
        let charge = Request::new(ChargeRequest { amount: shipping_cost.clone(), card });
        let charged = payment_service_server::PaymentService::charge(self, charge).await;
        charged.map_err(|it| Status::internal(format!("failed to charge: {}", it.message())))?;
        self.carts.lock().await.remove(&user_id);
        let order_id = format!("order-of-{user_id}");
        ok(PlaceOrderResponse {
            order: Some(OrderResult { order_id, shipping_cost, ..OrderResult::default() }),
        })
    }
}

#[async_trait]
impl ad_service_server::AdService for Boutique {
    async fn get_ads(&self, _: Request<GetAdsRequest>) -> Answer<GetAdsResponse> {
        (!self.without_ads).then_some(()).ok_or_else(|| Status::unavailable("no ads today"))?;
        ok(GetAdsResponse { ads: vec![Ad { text: "Mugs, 20% off.".to_owned(), ..Ad::default() }] })
    }
}
