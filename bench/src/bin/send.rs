//! Sends a number of requests over one connection, for `instructions.sh`; and writes the manifest that the BFF needs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use bench::http::{Connection, get};
use bench::operations::{Form, Operation, Requests, is_whole};
use clap::{Parser, ValueEnum};

/// Number of times that something is tried again, and the pause between.
const TRIES: usize = 600;
const PAUSE: Duration = Duration::from_millis(100);

/// Sends requests to a server, or writes the manifest of the operations.
#[derive(Parser)]
enum Command {
    /// Send requests over one connection
    Requests {
        /// Address of the server
        #[arg(long)]
        address: SocketAddr,
        /// Address of the identity provider
        #[arg(long)]
        issuer: SocketAddr,
        /// Kind of the server
        #[arg(long)]
        form: As,
        /// Name of the operation
        #[arg(long)]
        operation: String,
        /// Number of requests
        #[arg(long)]
        count: usize,
    },
    /// Write the manifest of the operations into the folder of a client's contracts
    Manifest {
        /// The folder
        folder: PathBuf,
    },
}

/// The form of a request.
#[derive(Clone, Copy, ValueEnum)]
enum As {
    Endpoint,
    Id,
    Text,
    NewText,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the folder `bench` has a parent")?;
    let operations = Operation::load(&root.join("schema/mobile/manifests"))?;
    match Command::parse() {
        Command::Manifest { folder } => Operation::register(&operations, &folder),
        Command::Requests { address, issuer, form, operation, count } => {
            let operation = operations.iter().find(|it| it.name == operation).context("no such operation")?;
            let form = match form {
                As::Endpoint => Form::Endpoint,
                As::Id => Form::Id,
                As::Text => Form::Text,
                As::NewText => Form::NewText,
            };
            send(address, issuer, &Requests::new(operation, form, false), count).await
        }
    }
}

async fn send(
    address: SocketAddr,
    issuer: SocketAddr,
    requests: &Requests,
    count: usize,
) -> anyhow::Result<()> {
    drop(patiently(issuer).await?);
    let token = get(issuer, &format!("/token?user={}", bench::user_id(0))).await?;
    let tokens = vec![String::from_utf8(token)?; bench::USERS];
    let (mut connection, mut tries) = (patiently(address).await?, 0);
    let mut sent = 0;
    while sent < count {
        let (status, body) = connection.send(&requests.write(0, &tokens, sent)).await?;
        let is_good = status == 200 && is_whole(body);
        // Until it has the keys of the identity provider, the BFF can sign nobody in; and the first call of any server
        // under valgrind may take longer than it has.
        if !is_good && sent == 0 && tries < TRIES {
            tries += 1;
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        anyhow::ensure!(is_good, "{status}: {}", String::from_utf8_lossy(body));
        sent += 1;
    }
    Ok(())
}

/// Connects to a server, which takes its time to start under valgrind.
async fn patiently(address: SocketAddr) -> std::io::Result<Connection> {
    let mut tries = 0;
    loop {
        match Connection::open(address).await {
            Err(_) if tries < TRIES => tries += 1,
            result => return result,
        }
        tokio::time::sleep(PAUSE).await;
    }
}
