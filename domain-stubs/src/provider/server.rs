//! Serving of a provider, to this machine alone unless more is allowed.

use std::{any::Any, fmt, future::Future, io, net::SocketAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{StatusCode, header, uri},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    serve::Listener,
};

use super::{authority::Authority, endpoints};

/// Names of this machine.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Serves connections until `shutdown` is ready and all have ended.
pub(super) async fn serve<L: Listener<Addr: fmt::Debug>>(
    authority: Arc<Authority>,
    listener: L,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    // A network without IP addresses, such as one in memory, is reached by nobody else.
    let address = (&address as &dyn Any).downcast_ref::<SocketAddr>();
    if let Some(address) =
        address.filter(|it| !authority.allow_remote && !it.ip().to_canonical().is_loopback())
    {
        let problem = format!("a development identity provider must not listen on {address}");
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, problem));
    }
    let own_hosts_alone = middleware::from_fn_with_state(Arc::clone(&authority), own_hosts_alone);
    axum::serve(listener, endpoints::routes(authority).layer(own_hosts_alone))
        .with_graceful_shutdown(shutdown)
        .await
}

/// Rejects requests for another host: a page of another site that has its own name point to this machine (DNS
/// rebinding) would be of the same origin as the provider.
async fn own_hosts_alone(State(authority): State<Arc<Authority>>, request: Request, next: Next) -> Response {
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let named = request.uri().authority().map(uri::Authority::as_str).or(named);
    let host = named.and_then(|it| it.parse::<uri::Authority>().ok());
    let is_own = host.is_some_and(|it| LOOPBACK.contains(&it.host()) || authority.host() == it.host());
    if is_own || authority.allow_remote {
        return next.run(request).await;
    }
    (StatusCode::MISDIRECTED_REQUEST, "this server answers for itself alone\n").into_response()
}
