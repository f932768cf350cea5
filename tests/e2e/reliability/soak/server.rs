//! The BFF in a process of its own, whose memory and descriptors can be measured.

use std::io;
use std::net::SocketAddr;

use bff_kit::host::config::{Config, LogConfig, LogFormat};
use bff_kit::host::{Server, Tcp, log};
use tokio::runtime::Builder;

use crate::support::{Process, listens, named, told};

/// Environment variable: the addresses of the services.
const SERVICES: &str = "SOAK_SERVICES";

/// Starts the process and waits until it listens.
pub(super) fn start(services: &str) -> Process {
    Process::start("reliability::soak::server::serves_until_its_starter_ends", &[(SERVICES, services)])
}

/// Resident memory of a process, in kilobytes.
pub(super) fn resident_kb(process: &Process) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Number of open descriptors of a process.
pub(super) fn descriptors(process: &Process) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", process.id())).unwrap().count()
}

/// Writes the log lines of internal errors, which no fault of the test makes, and leaves out the thousands of others.
struct Unexpected;

impl io::Write for Unexpected {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if String::from_utf8_lossy(line).contains("INTERNAL") {
            io::stderr().write_all(line)?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// The body of the other process. It ends at the latest with the process that started it, which closes the pipe.
#[test]
#[ignore = "is started by another test, as a process of its own"]
fn serves_until_its_starter_ends() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_park(allocator::give_back)
        .build()
        .unwrap();
    let config = LogConfig { filter: "warn".to_owned(), format: LogFormat::Text };
    tracing::subscriber::set_global_default(log::subscriber(&config, || Unexpected, false).unwrap()).unwrap();
    runtime.block_on(async {
        let mut config = Config::development();
        config.upstream.default = told(SERVICES);
        let most = 20_000;
        config.server.max_connections_per_address = most;
        config.server.max_requests_per_address = most;
        let listener = bff_kit::host::listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let alone = listens(axum::serve::Listener::local_addr(&listener).unwrap());
        let client = named(bff_web::client(), &config);
        Server::new(config).serve(client, listener, Tcp, alone).await.unwrap();
    });
}
