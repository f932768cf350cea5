//! `cargo up`: starts the whole shop and prints its addresses. Further commands compare all clients.

mod arguments;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bff_kit::host::config::{LogConfig, LogFormat};
use bff_kit::host::{EXIT_USAGE, stop_signal};
use clap::Parser as _;
use playground::{Addresses, Options, Shop, changes, compare};

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _shown = error.print();
            return if error.use_stderr() { ExitCode::from(EXIT_USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let result = match &arguments.command {
        Some(Command::Compare { type_name }) => match compare(type_name) {
            Some(text) => print(&text),
            None => Err(anyhow::anyhow!("no client has a type {type_name}")),
        },
        Some(Command::Diff { old, markdown }) => changes(old, *markdown).and_then(|text| print(&text)),
        None => run(arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let log = LogConfig { filter: arguments.log, format: LogFormat::Text };
    bff_kit::host::log::start(&log)?;
    let options = Options {
        host: arguments.host,
        page: arguments.page,
        mobile: arguments.mobile,
        web: arguments.web,
        iot: arguments.iot,
        provider: arguments.provider,
        domain: arguments.domain,
        data: arguments.data,
        synthetic: arguments.synthetic,
        admin: arguments.admin,
        contracts: folder("schema"),
        page_sources: if arguments.plain { None } else { folder("playground/web") },
        others: arguments.bff,
        log,
    };
    let shop = Shop::open(options).await?;
    let (addresses, login) = (shop.addresses(), shop.login());
    shop.serve(|headers| announce(addresses, &login, headers), stop_signal()).await
}

/// Returns a folder of the workspace: below the current directory or, if it is not there, below the workspace that
/// this program was built from. `None` if neither exists.
fn folder(name: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    [PathBuf::from(name), workspace.join(name)].into_iter().find(|folder| folder.is_dir())
}

fn announce(
    addresses: Addresses,
    login: &str,
    [phone, browser, device]: &[(&'static str, String); 3],
) -> anyhow::Result<()> {
    let Addresses { page, mobile, web, iot, provider, domain } = addresses;
    let shown = |(name, value): &(&str, String)| format!("{name}: {value}");
    let (phone, browser, device) = (shown(phone), shown(browser), shown(device));
    print(&format!(
        "\n  The shop is open.\n\n  \
         page      http://localhost:{}\n  \
         mobile    http://{mobile}/graphql\n  \
         web       http://{web}/graphql\n  \
         iot       http://{iot}/graphql\n  \
         sign-in   http://{provider} (OpenID Connect, of demo users)\n  \
         domain    {domain} (gRPC)\n\n  \
         A browser signs in at {login}\n\n  \
         Headers that sign in:\n\n  \
         phone     {phone}\n  \
         browser   {browser}\n  \
         device    {device}\n\n  \
         Ctrl-C closes it.\n",
        page.port()
    ))
}

fn print(text: &str) -> anyhow::Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

#[expect(clippy::print_stderr, reason = "the one line that a failed command prints")]
fn complain(error: &anyhow::Error) {
    eprintln!("playground: {error:#}");
}
