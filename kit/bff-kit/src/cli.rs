//! The command line of every BFF.

mod config;
#[cfg(feature = "review")]
mod explain;
mod keys;
mod process;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
#[cfg(feature = "review")]
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};

use crate::any_client::AnyClient;
use crate::config::{Config, ConfigError, Layers};
use crate::server::Server;
#[cfg(feature = "review")]
use crate::{mode::Mode, preparer::in_mode};

pub use process::{listen, stop_signal};

/// Exit code of a command that was called wrongly or configured badly (`EX_USAGE` of BSD's sysexits).
pub const EXIT_USAGE: u8 = 64;

/// A GraphQL backend-for-frontend.
#[derive(Parser)]
// A setting in front of a command would count for nothing.
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Serve (the default command)
    Serve(Settings),
    /// Print every setting in effect, and its source
    Config(Settings),
    /// Print the schema
    Schema {
        /// With the directives that name the calls behind each field
        #[arg(long)]
        internal: bool,
    },
    /// Issue, list, revoke and rotate the API keys of devices
    Keys(keys::Keys),
    /// Show the plan of an operation, or of all in a line each
    #[cfg(feature = "review")]
    Explain(explain::Explain),
    #[cfg(feature = "review")]
    #[command(flatten)]
    Review(contracts::commands::Command),
}

#[derive(Args)]
struct Settings {
    /// TOML file to read settings from
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen on (server.listen)
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// `development` or `production` (mode)
    #[arg(long)]
    mode: Option<String>,
    /// Address of the services (upstream.default)
    #[arg(long, value_name = "URL")]
    upstream: Option<String>,
    /// Any other setting, such as `server.idle_timeout_ms=5000`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
}

/// Runs the binary of the client.
#[must_use]
pub fn run(client: AnyClient) -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _shown = error.print();
            return if error.use_stderr() { ExitCode::from(EXIT_USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let result = match arguments.command {
        Some(Command::Schema { internal }) => {
            let sdl = if internal { client.internal_sdl } else { client.public_sdl };
            return print(&sdl());
        }
        #[cfg(feature = "review")]
        Some(Command::Explain(explain)) => explain.run(client),
        #[cfg(feature = "review")]
        Some(Command::Review(command)) => match command.run(&binary(client)) {
            Ok(text) => return print(&text),
            Err(failure) => Err(failure.into()),
        },
        Some(Command::Keys(keys)) => match keys.run(client) {
            Ok(text) => return print(&text),
            Err(failure) => Err(failure),
        },
        Some(Command::Config(settings)) => config::run(client, settings),
        Some(Command::Serve(settings)) => serve(client, settings),
        None => serve(client, arguments.settings),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Config(error)) => complain(client, &error.to_string(), EXIT_USAGE),
        #[cfg(feature = "review")]
        Err(Failure::Usage(problem)) => complain(client, &problem, EXIT_USAGE),
        Err(Failure::Other(problem)) => complain(client, &problem, 1),
    }
}

/// The reason why a command failed.
enum Failure {
    Config(ConfigError),
    /// The command was called wrongly.
    #[cfg(feature = "review")]
    Usage(String),
    /// Any other problem.
    Other(String),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

#[cfg(feature = "review")]
impl From<contracts::commands::Failure> for Failure {
    fn from(failure: contracts::commands::Failure) -> Self {
        match failure {
            contracts::commands::Failure::Usage(problem) => Self::Usage(problem),
            contracts::commands::Failure::Other(problem) => Self::Other(problem),
        }
    }
}

#[cfg(feature = "review")]
fn binary(client: AnyClient) -> contracts::commands::Binary {
    let preparer = Arc::new(move || in_mode(client, Mode::Development));
    let descriptors = client.descriptors();
    contracts::commands::Binary { name: client.name, client: client.short_name(), preparer, descriptors }
}

fn serve(client: AnyClient, settings: Settings) -> Result<(), Failure> {
    let (layers, config) = configuration(client, settings)?;
    start(client, config).map_err(|failure| match failure {
        Failure::Config(error) => Failure::Config(layers.locate(error)),
        other => other,
    })
}

/// Returns the layers of the command line, the environment and the file, and the settings that result from them.
fn configuration(client: AnyClient, settings: Settings) -> Result<(Layers, Config), ConfigError> {
    let layers = layers(client, settings)?;
    let mut config = Config::load(&layers)?;
    config.check_for(&client)?;
    let usual = client.contracts_folder();
    if config.operations.folder.is_none() && usual.join("manifests").is_dir() {
        config.operations.folder = Some(usual);
    }
    Ok((layers, config))
}

fn start(client: AnyClient, config: Config) -> Result<(), Failure> {
    crate::log::start(&config.log)?;
    process::raise_open_files(config.server.max_connections);
    let failed = |problem: std::io::Error| Failure::Other(format!("the runtime did not start: {problem}"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_park(allocator::give_back)
        .build()
        .map_err(failed)?;
    let (address, admin) = (config.server.listen, config.server.admin);
    let server = Server::new(config);
    if let Some(address) = admin {
        process::serve_admin(address, server.admin()).map_err(|error| cannot_listen(address, &error))?;
    }
    runtime.block_on(async {
        let listener = process::listen(address).map_err(|error| cannot_listen(address, &error))?;
        let reload = server.reload();
        // The task ends with the runtime.
        tokio::spawn(process::on_hangup(move || reload.now()));
        server.serve(client, listener, endpoints::Tcp, stop_signal()).await?;
        Ok(())
    })
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::Other(format!("cannot listen on {address}: {error}"))
}

fn layers(client: AnyClient, settings: Settings) -> Result<Layers, ConfigError> {
    let policies = (client.policies)();
    let mut layers = crate::config::layers(policies.services());
    if let Some(path) = &settings.config {
        layers = layers.file(path)?;
    }
    let prefix = client.name.to_ascii_uppercase().replace('-', "_");
    let mut layers = layers.environment(&prefix, environment(&prefix)?.into_iter());
    let flags = [
        ("--listen", "server.listen", settings.listen),
        ("--mode", "mode", settings.mode),
        ("--upstream", "upstream.default", settings.upstream),
    ];
    for (flag, key, value) in flags {
        if let Some(value) = value {
            layers = layers.flag(flag, key, value);
        }
    }
    for pair in settings.set {
        // The error does not show the text, which may be a mistyped secret.
        let (key, value) =
            pair.split_once('=').ok_or_else(|| ConfigError::new("--set", "write it as KEY=VALUE"))?;
        layers = layers.flag("--set", key, value);
    }
    Ok(layers)
}

/// Returns the variables of the environment; an error if a variable with the prefix is not UTF-8. Variables of other
/// programs need not be.
fn environment(prefix: &str) -> Result<Vec<(String, String)>, ConfigError> {
    let mut variables = Vec::new();
    for (name, value) in std::env::vars_os() {
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => variables.push((name, value)),
            (Ok(name), Err(_)) if name.starts_with(prefix) => {
                return Err(ConfigError::new(name, "is not UTF-8 (from the environment)"));
            }
            _ => {}
        }
    }
    Ok(variables)
}

/// Prints the output of a command. Errors are ignored: a reader that went away has read enough.
fn print(text: &str) -> ExitCode {
    let _written = std::io::stdout().lock().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

#[expect(clippy::print_stderr, reason = "the one line a failed start leaves behind")]
fn complain(client: AnyClient, problem: &str, code: u8) -> ExitCode {
    eprintln!("{}: {problem}", client.name);
    ExitCode::from(code)
}
