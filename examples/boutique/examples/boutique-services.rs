//! The nine services of the boutique in one process: `cargo run -p boutique --example boutique-services`.

#![expect(clippy::wildcard_imports, reason = "the services know every message")]

#[path = "../stubs/services.rs"]
mod services;

use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), tonic::transport::Error> {
    let address = ([127, 0, 0, 1], 50_061).into();
    services::router(&Arc::default()).serve(address).await
}
