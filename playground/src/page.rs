//! The page: what runs where, and a query to send.

use std::future::Future;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::Addresses;

pub(crate) async fn serve(
    addresses: Addresses,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let page = render(addresses);
    // Nothing is loaded from elsewhere, and queries go to the BFFs of this machine alone.
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src {}",
        ports(addresses).map(|port| format!("http://localhost:{port} http://127.0.0.1:{port}")).join(" ")
    );
    let page = get(async move || {
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (header::CONTENT_SECURITY_POLICY, policy),
        ];
        (headers, page)
    });
    axum::serve(listener, Router::new().route("/", page)).with_graceful_shutdown(shutdown).await?;
    Ok(())
}

fn ports(addresses: Addresses) -> [u16; 3] {
    [addresses.mobile.port(), addresses.web.port(), addresses.iot.port()]
}

fn render(addresses: Addresses) -> String {
    let [mobile, web, iot] = ports(addresses);
    include_str!("page.html")
        .replace("{{mobile}}", &mobile.to_string())
        .replace("{{web}}", &web.to_string())
        .replace("{{iot}}", &iot.to_string())
        .replace("{{domain}}", &addresses.domain.port().to_string())
}
