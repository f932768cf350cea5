//! A call ends at its deadline.
//!
//! Unlike tonic's, the client here has no timer of its own, so that the domain ends the call.

use std::{future::Future, net::SocketAddr};

use domain_stubs::credential::{Claims, DEVELOPMENT_CREDENTIAL_KEY};
use http::{Request, Response};
use hyper::{body::Incoming, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use proto::{
    admin::{CallEnd, Fault},
    catalog::{BatchGetProductsRequest, catalog_service_client::CatalogServiceClient},
    inventory::{WatchStockRequest, inventory_service_client::InventoryServiceClient},
};
use tokio::net::TcpStream;
use tonic::{Code, body::Body};
use tower::Service;

use crate::shop::{GET_PRODUCTS, PRODUCT, Shop, claims, failure, ids, sign};

#[tokio::test]
async fn a_black_hole_ends_at_the_deadline() {
    let shop = Shop::open().await;
    shop.break_with(Fault { rpc: GET_PRODUCTS.into(), black_hole: true, ..Fault::default() });
    let (connection, origin) = connect(shop.address).await;
    let mut catalog = CatalogServiceClient::with_origin(connection, origin);
    let request = with_deadline(BatchGetProductsRequest { ids: ids(&[PRODUCT]), read_mask: None });
    let status = catalog.batch_get_products(request).await.unwrap_err();
    assert_eq!(failure(&status), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".into()));

    let [call] = <[_; 1]>::try_from(shop.domain.calls().list()).unwrap();
    assert_eq!((call.end(), call.code), (CallEnd::Answered, Code::DeadlineExceeded.into()));
    assert_eq!(call.keys, [PRODUCT]);
}

#[tokio::test]
async fn a_stream_ends_at_the_deadline() {
    let shop = Shop::open().await;
    let (connection, origin) = connect(shop.address).await;
    let mut inventory = InventoryServiceClient::with_origin(connection, origin);
    let request = WatchStockRequest { product_ids: ids(&[PRODUCT]), read_mask: None };
    let request = with_deadline_at(domain_stubs::Service::Inventory, request);
    let mut stream = inventory.watch_stock(request).await.unwrap().into_inner();
    assert!(stream.message().await.unwrap().is_some());
    let status = stream.message().await.unwrap_err();
    assert_eq!(failure(&status), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".into()));
}

#[tokio::test]
async fn a_deadline_that_has_passed_on_arrival_ends_the_call_at_once() {
    let shop = Shop::open().await;
    shop.break_with(Fault { rpc: GET_PRODUCTS.into(), black_hole: true, ..Fault::default() });
    let (connection, origin) = connect(shop.address).await;
    let mut catalog = CatalogServiceClient::with_origin(connection, origin);
    let mut request = with_deadline(BatchGetProductsRequest::default());
    request.metadata_mut().insert("grpc-timeout", "0n".parse().unwrap());
    let status = catalog.batch_get_products(request).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
}

/// A request to the catalog.
fn with_deadline<T>(message: T) -> tonic::Request<T> {
    with_deadline_at(domain_stubs::Service::Catalog, message)
}

fn with_deadline_at<T>(service: domain_stubs::Service, message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    let claims = Claims { aud: service.full_name().to_owned(), ..claims() };
    let credential = sign(&claims, DEVELOPMENT_CREDENTIAL_KEY);
    request.metadata_mut().insert("authorization", credential.parse().unwrap());
    request.metadata_mut().insert("grpc-timeout", "300m".parse().unwrap());
    request
}

/// A connection without timers, and the address to call over it.
async fn connect(
    address: SocketAddr,
) -> (
    impl Service<
        Request<Body>,
        Response = Response<Incoming>,
        Error = hyper::Error,
        Future = impl Future<Output = Result<Response<Incoming>, hyper::Error>> + Send,
    > + Clone,
    http::Uri,
) {
    let socket = TcpStream::connect(address).await.unwrap();
    let (sender, connection) =
        http2::handshake::<_, _, Body>(TokioExecutor::new(), TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    let call = tower::service_fn(move |request| {
        let mut sender = sender.clone();
        async move { sender.send_request(request).await }
    });
    (call, format!("http://{address}").parse().unwrap())
}
