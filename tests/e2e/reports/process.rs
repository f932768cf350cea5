//! The domain in a process of its own, which can be killed.

use std::net::SocketAddr;
use std::path::Path;

use domain_stubs::{Domain, Services};
use tokio::net::TcpListener;

use crate::support::{Process, listens, options, told};

/// Environment variables: the file of the process's data, and the address it listens on.
const DATA: &str = "DOMAIN_DATA";
const LISTEN: &str = "DOMAIN_LISTEN";

/// Starts the process over a file and waits until it listens. Port 0 is any free port.
pub(super) fn start(data: &Path, listen: SocketAddr) -> Process {
    let variables = [(DATA, data.to_str().unwrap()), (LISTEN, &listen.to_string())];
    Process::start("reports::process::serves_the_domain_until_it_is_killed", &variables)
}

/// The body of the other process. It ends at the latest with the process that started it, which closes the pipe.
#[tokio::test]
#[ignore = "is started by another test, as a process of its own"]
async fn serves_the_domain_until_it_is_killed() {
    let domain = Domain::open(options(Some(told(DATA).into()))).unwrap();
    let listener = TcpListener::bind(told(LISTEN)).await.unwrap();
    let alone = listens(listener.local_addr().unwrap());
    domain.serve(listener, Services::all(), alone).await.unwrap();
}
