//! The floor: an endpoint for each operation, written by hand with axum, tonic and serde.
//!
//! It makes the calls of the operation's plan, in its waves, with the same read masks, deadlines and credentials, and
//! answers the same bytes. It has nothing else that a BFF has: no limits, no registry, no partial failure.

mod answer;
mod calls;
mod screens;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use bench::services::Services;
use bench::sign_in::SignIn;
use clap::Parser;
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

/// The floor.
#[derive(Parser)]
struct Arguments {
    /// Address to listen on
    #[arg(long)]
    listen: SocketAddr,
    /// Address of the services, such as http://127.0.0.1:7000
    #[arg(long)]
    upstream: String,
    /// Address of the identity provider, such as 127.0.0.1:7001
    #[arg(long)]
    issuer: String,
}

/// State of the server.
struct Floor {
    services: Services,
    sign_in: SignIn,
}

/// The answer to a request that failed: its status, and nothing of the reason.
struct Failure(StatusCode);

impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        eprintln!("floor: {status}");
        Self(StatusCode::BAD_GATEWAY)
    }
}

impl axum::response::IntoResponse for Failure {
    fn into_response(self) -> axum::response::Response {
        self.0.into_response()
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let floor = Floor {
        services: Services::connect(&arguments.upstream).await?,
        sign_in: SignIn::load(&arguments.issuer).await?,
    };
    let routes = Router::new()
        .route("/Products", post(screens::products))
        .route("/Product", post(screens::product))
        .route("/Home", post(screens::home))
        .route("/ProductName", post(screens::product_name))
        .with_state(Arc::new(floor));
    let listener = TcpListener::bind(arguments.listen).await?;
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _stays_slow = stream.set_nodelay(true);
    });
    axum::serve(listener, routes).await?;
    Ok(())
}
