//! The measured servers.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use bench::http::Connection;
use bench::operations::{Form, Operation, Requests};
use tokio::time::{Instant, sleep};

use crate::children::{Process, Side, Starter, free_address};
use crate::programs::Programs;

/// Longest time for a server to become ready.
const READY: Duration = Duration::from_secs(30);

/// A server, or one way to use it.
#[derive(Clone, Debug)]
pub struct Server {
    /// Name in the table.
    pub name: &'static str,
    kind: Kind,
    /// Ways in which it takes requests, each with its name in the table.
    pub forms: &'static [(&'static str, Form)],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Floor,
    Bff { keeps_answers: bool },
    Plain { masks: bool },
    Node(&'static str),
}

/// Name of the floor, to which all others are compared.
pub const FLOOR: &str = "floor";

const SERVERS: &[Server] = &[
    Server { name: FLOOR, kind: Kind::Floor, forms: &[(FLOOR, Form::Endpoint)] },
    Server {
        name: "bff",
        kind: Kind::Bff { keeps_answers: false },
        forms: &[
            ("bff registered", Form::Id),
            ("bff ad hoc, kept", Form::Text),
            ("bff ad hoc, new", Form::NewText),
        ],
    },
    Server {
        name: "bff cached",
        kind: Kind::Bff { keeps_answers: true },
        forms: &[("bff, answers cached", Form::Path)],
    },
    Server { name: "plain", kind: Kind::Plain { masks: false }, forms: &[("async-graphql", Form::Text)] },
    Server {
        name: "plain masks",
        kind: Kind::Plain { masks: true },
        forms: &[("async-graphql, masks", Form::Text)],
    },
    Server { name: "mercurius", kind: Kind::Node("mercurius.mjs"), forms: &[("mercurius, JIT", Form::Text)] },
    Server { name: "yoga", kind: Kind::Node("yoga.mjs"), forms: &[("yoga", Form::Text)] },
    Server { name: "apollo", kind: Kind::Node("apollo.mjs"), forms: &[("apollo", Form::Text)] },
];

/// Addresses and settings that all servers need.
pub struct Surroundings<'a> {
    pub programs: &'a Programs,
    pub starter: &'a Starter,
    /// Address of the gRPC services.
    pub services: SocketAddr,
    /// Address of the identity provider.
    pub issuer: SocketAddr,
    /// Folder of the manifests that the BFF serves.
    pub contracts: &'a Path,
    /// Further settings of the BFF.
    pub settings: &'a [String],
    pub operations: &'a [Operation],
    /// Access tokens of the users.
    pub tokens: &'a [String],
}

/// A server that runs.
pub struct Running {
    pub address: SocketAddr,
    pub process: Process,
}

impl Server {
    /// Returns the servers that are wanted, by parts of their names; the floor always.
    pub fn wanted(only: &[String]) -> Vec<Self> {
        let is_wanted = |it: &&Self| {
            let names = || it.forms.iter().map(|(name, _)| *name).chain([it.name]);
            let is_named = |only: &String| names().any(|name| name.contains(only.as_str()));
            only.is_empty() || it.name == FLOOR || only.iter().any(is_named)
        };
        SERVERS.iter().filter(is_wanted).cloned().collect()
    }

    /// Returns true if the server needs Node.
    pub fn is_on_node(&self) -> bool {
        matches!(self.kind, Kind::Node(_))
    }

    /// Returns true if the server may answer without a call.
    pub fn keeps_answers(&self) -> bool {
        self.kind == Kind::Bff { keeps_answers: true }
    }

    /// Returns true if the server must answer the same bytes as the floor; the others may order fields otherwise.
    pub fn is_exact(&self) -> bool {
        matches!(self.kind, Kind::Floor | Kind::Bff { .. })
    }

    /// Returns true if an operation is measured on the server: of one that keeps answers, those whose answers it keeps.
    pub fn takes(&self, operation: &Operation) -> bool {
        !self.keeps_answers() || operation.name == "ProductName"
    }

    /// Starts the server, and waits until it answers.
    pub async fn start(&self, around: &Surroundings<'_>) -> anyhow::Result<Running> {
        let address = free_address()?;
        let (program, arguments) = self.command(around, address)?;
        let process = around.starter.start(Side::Server, self.name, &program, &arguments)?;
        let mut running = Running { address, process };
        let operation = around.operations.last().context("no operations")?;
        let request = Requests::new(operation, self.forms[0].1, false).write(0, around.tokens, 0);
        let until = Instant::now() + READY;
        loop {
            if let Some(status) = running.process.ended()? {
                anyhow::bail!("{} ended with {status} (--logs FOLDER keeps what it wrote)", self.name);
            }
            let answer = match Connection::open(address).await {
                Ok(mut connection) => connection.send(&request).await.map(|(status, _)| status),
                Err(error) => Err(error),
            };
            match answer {
                Ok(200) => return Ok(running),
                other if Instant::now() > until => {
                    anyhow::bail!(
                        "{} is not ready: {other:?} (--logs FOLDER keeps what it wrote)",
                        self.name
                    );
                }
                _ => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn command(
        &self,
        around: &Surroundings<'_>,
        address: SocketAddr,
    ) -> anyhow::Result<(PathBuf, Vec<String>)> {
        let programs = around.programs;
        let usual = |extra: &[&str]| {
            let upstream = format!("http://{}", around.services);
            let mut words =
                vec!["--listen".to_owned(), address.to_string(), "--upstream".to_owned(), upstream];
            words.extend(extra.iter().map(|word| (*word).to_owned()));
            words
        };
        let issuer = around.issuer.to_string();
        Ok(match self.kind {
            Kind::Floor => (programs.of("floor")?, usual(&["--issuer", &issuer])),
            Kind::Plain { masks: false } => (programs.of("plain")?, usual(&["--issuer", &issuer])),
            Kind::Plain { masks: true } => (programs.of("plain")?, usual(&["--issuer", &issuer, "--masks"])),
            Kind::Node(file) => {
                let node = programs.node.as_ref().context("there is no Node")?;
                let mut words = vec![node.join(file).to_string_lossy().into_owned()];
                words.extend(usual(&["--issuer", &issuer]));
                (PathBuf::from("node"), words)
            }
            Kind::Bff { keeps_answers } => {
                let mut words = usual(&["--mode", "production"]);
                for setting in bff_settings(around, keeps_answers) {
                    words.extend(["--set".to_owned(), setting]);
                }
                (programs.bff.clone(), words)
            }
        })
    }
}

/// Returns the settings of the BFF that are not its defaults in production.
fn bff_settings(around: &Surroundings<'_>, keeps_answers: bool) -> Vec<String> {
    let issuer = around.issuer;
    let mut settings = vec![
        format!("operations.folder={}", around.contracts.display()),
        // Operations that are not registered run as well.
        "operations.policy=open".to_owned(),
        // One user sends more than any phone would.
        "rate_limit.units=0".to_owned(),
        "rate_limit.address_units=0".to_owned(),
        "cache.value_bytes=0".to_owned(),
        format!("sign_in.issuer=http://{issuer}"),
        format!("sign_in.jwks=http://{issuer}/jwks"),
        format!("credential.key={}", bench::CREDENTIAL_KEY),
        format!("credential.audience={}", bench::SERVICES),
    ];
    if !keeps_answers {
        settings.push("cache.response_bytes=0".to_owned());
    }
    settings.extend(around.settings.iter().cloned());
    settings
}
