//! The services behind every measured server: one gRPC server over data in memory, and the identity provider that signs
//! the users in.
//!
//! It serves the RPCs that the measured operations need, and counts them. It is quick on purpose, so that it is not
//! measured: credentials must be there, but are not verified.

mod calls;
mod catalogue;
mod customers;
mod identity;
mod mask;
mod products;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use axum::{Json, Router};
use clap::Parser;
use proto::carts::cart_service_server::CartServiceServer;
use proto::catalog::catalog_service_server::CatalogServiceServer;
use proto::inventory::inventory_service_server::InventoryServiceServer;
use proto::notifications::notification_service_server::NotificationServiceServer;
use proto::pricing::pricing_service_server::PricingServiceServer;
use proto::recommendations::recommendation_service_server::RecommendationServiceServer;
use proto::reviews::review_service_server::ReviewServiceServer;
use proto::users::user_service_server::UserServiceServer;
use tokio::net::TcpListener;
use tonic::transport::Server;

use calls::{Calls, Counts};
use catalogue::Catalogue;
use identity::Provider;

/// The services behind the measured servers.
#[derive(Parser)]
struct Arguments {
    /// Address of the gRPC services
    #[arg(long)]
    grpc: SocketAddr,
    /// Address of `/counts` and of the identity provider
    #[arg(long)]
    http: SocketAddr,
    /// Time that every call takes at least, in milliseconds
    #[arg(long, default_value_t = 0)]
    delay: u64,
}

/// The implementation of all services.
#[derive(Clone)]
struct Shop(Arc<Catalogue>);

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let counts = Counts::default();
    let calls = Calls { counts: counts.clone(), delay: Duration::from_millis(arguments.delay) };
    let provider = Arc::new(Provider::new(&format!("http://{}", arguments.http)));
    let routes = Router::new()
        .route("/counts", get(async move || Json(counts.by_rpc())))
        .merge(identity::routes(provider));
    let listener = TcpListener::bind(arguments.http).await?;
    let shop = Shop(Arc::new(Catalogue::new()));
    let services = Server::builder()
        .tcp_nodelay(true)
        .layer(calls)
        .add_service(CartServiceServer::new(shop.clone()))
        .add_service(CatalogServiceServer::new(shop.clone()))
        .add_service(InventoryServiceServer::new(shop.clone()))
        .add_service(NotificationServiceServer::new(shop.clone()))
        .add_service(PricingServiceServer::new(shop.clone()))
        .add_service(RecommendationServiceServer::new(shop.clone()))
        .add_service(ReviewServiceServer::new(shop.clone()))
        .add_service(UserServiceServer::new(shop))
        .serve(arguments.grpc);
    let http = axum::serve(listener, routes);
    tokio::select! {
        ended = services => ended?,
        ended = http => ended?,
    }
    Ok(())
}
