//! One port serves some services or all, with health and reflection.

use domain_stubs::{Domain, Options, Service, Services};
use proto::{
    admin::{ListCallsRequest, SetStockRequest},
    catalog::ListCategoriesRequest,
    pricing::BatchGetPricesRequest,
    reviews::BatchGetRatingsRequest,
};
use tokio_stream::StreamExt as _;
use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use crate::shop::{PRODUCT, Shop, options};

#[tokio::test]
async fn a_port_serves_only_what_it_is_told_and_all_ports_share_one_store() {
    let domain = Domain::open(options()).unwrap();
    let some = [Service::Catalog, Service::Pricing].into_iter().collect();
    let some = Shop::serve(domain.clone(), some).await;
    let rest = Shop::serve(domain, [Service::Reviews].into_iter().collect()).await;

    some.anybody().catalog().list_categories(ListCategoriesRequest::default()).await.unwrap();
    some.anybody().pricing().batch_get_prices(BatchGetPricesRequest::default()).await.unwrap();
    rest.anybody().reviews().batch_get_ratings(BatchGetRatingsRequest::default()).await.unwrap();
    let missing = some.anybody().reviews().batch_get_ratings(BatchGetRatingsRequest::default()).await;
    assert_eq!(missing.unwrap_err().code(), Code::Unimplemented);

    let calls = rest.admin().list_calls(ListCallsRequest {}).await.unwrap().into_inner().calls;
    assert_eq!(calls.len(), 3, "both ports write the same log");
}

#[tokio::test]
async fn health_knows_the_services_that_are_served() {
    let some = [Service::Catalog].into_iter().collect();
    let shop = Shop::serve(Domain::open(options()).unwrap(), some).await;
    let mut health = HealthClient::new(shop.channel());
    for name in ["", Service::Catalog.full_name()] {
        let response = health.check(HealthCheckRequest { service: name.into() }).await.unwrap().into_inner();
        assert_eq!(response.status(), ServingStatus::Serving, "{name:?}");
    }
    let service = Service::Reviews.full_name().to_owned();
    let missing = health.check(HealthCheckRequest { service }).await.unwrap_err();
    assert_eq!(missing.code(), Code::NotFound);
}

#[tokio::test]
async fn who_watches_the_health_is_told_of_the_end() {
    let shop = Shop::open().await;
    let mut health = HealthClient::new(shop.channel());
    let request = HealthCheckRequest { service: Service::Catalog.full_name().into() };
    let mut stream = health.watch(request).await.unwrap().into_inner();
    assert_eq!(stream.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    shop.stop().await;
    // The stream ends, without which the server could not have stopped.
    while let Some(response) = stream.message().await.unwrap() {
        assert_eq!(response.status(), ServingStatus::NotServing);
    }
}

#[tokio::test]
async fn reflection_lists_the_services_that_are_served_and_their_contracts() {
    let some = [Service::Catalog].into_iter().collect();
    let shop = Shop::serve(Domain::open(options()).unwrap(), some).await;
    assert_eq!(
        reflected(&shop).await,
        [
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "shop.admin.v1.AdminService",
            "shop.catalog.v1.CatalogService"
        ]
    );
    let symbol = MessageRequest::FileContainingSymbol("shop.catalog.v1.Product".into());
    assert!(matches!(reflect(&shop, symbol).await, MessageResponse::FileDescriptorResponse(_)));
}

#[tokio::test]
async fn the_admin_service_is_not_there_unless_it_is_enabled() {
    let some: Services = [Service::Inventory].into_iter().collect();
    let without = Domain::open(Options { admin: false, ..options() }).unwrap();
    assert!(!Options::default().admin);
    let shop = Shop::serve(without, some.clone()).await;
    let stock = shop.anybody().stock(PRODUCT).await;
    let set =
        || SetStockRequest { product_id: PRODUCT.into(), warehouse_id: "lyon".into(), quantity: 12_345 };
    for status in [
        shop.admin().list_calls(ListCallsRequest {}).await.unwrap_err(),
        shop.admin().set_stock(set()).await.unwrap_err(),
    ] {
        assert_eq!(status.code(), Code::Unimplemented);
    }
    assert_eq!(shop.anybody().stock(PRODUCT).await, stock);
    let names = reflected(&shop).await;
    assert!(!names.iter().any(|name| name.contains("admin")), "{names:?}");
    let mut health = HealthClient::new(shop.channel());
    health.check(HealthCheckRequest { service: String::new() }).await.unwrap();

    let shop = Shop::serve(Domain::open(Options { admin: true, ..options() }).unwrap(), some).await;
    shop.admin().set_stock(set()).await.unwrap();
    assert_ne!(shop.anybody().stock(PRODUCT).await, stock);
}

/// Sends a message to the reflection service of a shop.
async fn reflect(shop: &Shop, message: MessageRequest) -> MessageResponse {
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(message) };
    let mut reflection = ServerReflectionClient::new(shop.channel());
    let mut responses =
        reflection.server_reflection_info(tokio_stream::once(request)).await.unwrap().into_inner();
    responses.next().await.unwrap().unwrap().message_response.unwrap()
}

/// The names of the services that reflection lists, in order.
async fn reflected(shop: &Shop) -> Vec<String> {
    let MessageResponse::ListServicesResponse(list) =
        reflect(shop, MessageRequest::ListServices(String::new())).await
    else {
        panic!("not a list of services");
    };
    let mut names: Vec<_> = list.service.into_iter().map(|service| service.name).collect();
    names.sort();
    names
}

#[test]
fn services_are_named_as_on_the_command_line() {
    for service in Service::ALL {
        assert_eq!(service.name().parse(), Ok(service));
    }
    let unknown = "nope".parse::<Service>().unwrap_err();
    let known = Service::ALL.map(Service::name).join(", ");
    assert_eq!(unknown.to_string(), format!("there is no service \"nope\", only {known}"));
    assert_eq!(Services::all(), Service::ALL.into_iter().collect());
}
