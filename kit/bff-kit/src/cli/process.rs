//! The operating system's side of a binary: sockets, signals, the limit on open files and the thread for operators.

use std::io;
use std::net::SocketAddr;

use axum::serve::{Listener, ListenerExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use telemetry::Admin;

/// Size of a connection's send buffer, in bytes. With a larger one, a client that reads slowly would look for minutes
/// like a client that does not read.
const SEND_BUFFER: u32 = 64 * 1024;

/// Upper bound on the connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// Files that a process has open besides the connections of clients: calls to services, manifests, a log.
const OTHER_FILES: u64 = 256;

/// Listens for clients on an address. This function must be called within a Tokio runtime.
pub fn listen(address: SocketAddr) -> io::Result<impl Listener<Io = TcpStream, Addr = SocketAddr>> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restarted process need not wait for connections of the previous one.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // Accepted connections inherit the size.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    Ok(without_delay(socket.listen(BACKLOG)?))
}

fn without_delay(listener: TcpListener) -> impl Listener<Io = TcpStream, Addr = SocketAddr> {
    listener.tap_io(|io| {
        // Without this option, answers wait for the client's acknowledgement. A socket that does not support it still
        // works.
        let _set = io.set_nodelay(true);
    })
}

/// Serves operators from a separate thread, for as long as the process lives.
pub(super) fn serve_admin(address: SocketAddr, admin: Admin) -> io::Result<()> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "operators are answered on {address}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("admin".to_owned()).spawn(move || {
        runtime.block_on(async {
            match TcpListener::from_std(listener) {
                Ok(listener) => admin.serve(listener).await,
                Err(error) => tracing::error!(%error, "server.admin is not served"),
            }
        });
    })?;
    Ok(())
}

/// Raises the limit on open files to the number that the connections need, as far as the system allows.
#[cfg(unix)]
pub(super) fn raise_open_files(connections: usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = connections as u64 + OTHER_FILES;
    if current.is_none_or(|current| current >= wanted) {
        return;
    }
    let most = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum });
    if raised.is_err() || most < wanted {
        let open_files = if raised.is_ok() { Some(most) } else { current };
        tracing::warn!(open_files, wanted, "server.max_connections is more than the system has files for");
    }
}

#[cfg(not(unix))]
pub(super) fn raise_open_files(_connections: usize) {}

/// Calls `then` whenever the process receives SIGHUP, which would otherwise end it.
#[cfg(unix)]
pub(super) async fn on_hangup(then: impl Fn()) {
    let Ok(mut hangups) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) else {
        return;
    };
    while hangups.recv().await.is_some() {
        then();
    }
}

#[cfg(not(unix))]
pub(super) async fn on_hangup(_then: impl Fn()) {}

/// Completes when the process is told to stop, by Ctrl-C or SIGTERM.
pub async fn stop_signal() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
