//! The domain in a process of its own, which can be killed.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use domain_stubs::{Domain, Services};
use tokio::net::TcpListener;

use crate::support::options;

/// Environment variables: the file of the process's data, and the address it listens on.
const DATA: &str = "DOMAIN_DATA";
const LISTEN: &str = "DOMAIN_LISTEN";

/// The line that the process prints once it listens.
const LISTENING: &str = "the domain listens on ";

/// A domain in a process of its own, which is killed when this is dropped.
pub(super) struct Process {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Process {
    /// Starts the process over a file and waits until it listens. Port 0 is any free port.
    pub(super) fn start(data: &Path, listen: SocketAddr) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "reports::process::serves_the_domain_until_it_is_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(DATA, data)
            .env(LISTEN, listen.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = said
            .find_map(|line| Some(line.unwrap().split_once(LISTENING)?.1.parse().unwrap()))
            .expect("the process says where it listens");
        Self { child, address }
    }

    /// Ends the process as `kill -9` does.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The process may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The body of the other process. It ends at the latest with the process that started it, which closes the pipe.
#[tokio::test]
#[ignore = "is started by another test, as a process of its own"]
#[expect(clippy::disallowed_methods, reason = "what one test tells another process, not configuration")]
async fn serves_the_domain_until_it_is_killed() {
    let (data, listen) = (std::env::var(DATA).unwrap(), std::env::var(LISTEN).unwrap());
    let domain = Domain::open(options(Some(data.into()))).unwrap();
    let listener = TcpListener::bind(listen).await.unwrap();
    println!("{LISTENING}{}", listener.local_addr().unwrap());
    let alone = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    domain.serve(listener, Services::all(), async { drop(alone.await) }).await.unwrap();
}
