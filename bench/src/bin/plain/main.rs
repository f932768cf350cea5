//! A GraphQL server as async-graphql's documentation shows one: resolvers, and its own DataLoader for each request.
//!
//! With `--masks` resolvers look ahead and send read masks.

mod loaders;
mod schema;

use std::net::SocketAddr;
use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::{EmptyMutation, EmptySubscription};
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bench::services::Services;
use bench::sign_in::SignIn;
use clap::Parser;
use tokio::net::TcpListener;

use loaders::{PriceLoader, ProductLoader, RatingLoader, ReviewsLoader, Session, StockLoader, UserLoader};
use schema::Query;

#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

/// async-graphql as its documentation shows it.
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
    /// Send read masks
    #[arg(long)]
    masks: bool,
}

type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// State of the server.
struct App {
    schema: Schema,
    services: Services,
    sign_in: SignIn,
    masks: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let app = App {
        schema: Schema::new(Query, EmptyMutation, EmptySubscription),
        services: Services::connect(&arguments.upstream).await?,
        sign_in: SignIn::load(&arguments.issuer).await?,
        masks: arguments.masks,
    };
    let routes = Router::new().route("/graphql", post(graphql)).with_state(Arc::new(app));
    let listener = TcpListener::bind(arguments.listen).await?;
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _stays_slow = stream.set_nodelay(true);
    });
    axum::serve(listener, routes).await?;
    Ok(())
}

async fn graphql(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    request: GraphQLRequest,
) -> Result<GraphQLResponse, StatusCode> {
    let user = app.sign_in.user(&headers).ok_or(StatusCode::UNAUTHORIZED)?;
    let session = Session { services: app.services.clone(), user, masks: app.masks };
    let request = request
        .into_inner()
        .data(DataLoader::new(PriceLoader(session.clone()), tokio::spawn))
        .data(DataLoader::new(ProductLoader(session.clone()), tokio::spawn))
        .data(DataLoader::new(RatingLoader(session.clone()), tokio::spawn))
        .data(DataLoader::new(ReviewsLoader(session.clone()), tokio::spawn))
        .data(DataLoader::new(StockLoader(session.clone()), tokio::spawn))
        .data(DataLoader::new(UserLoader(session.clone()), tokio::spawn))
        .data(session);
    Ok(app.schema.execute(request).await.into())
}
