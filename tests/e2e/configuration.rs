//! Checks of the configuration at startup, and of `docs/configuration.md`, which lists each setting as the code has it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bff_kit::Mode;
use bff_kit::host::config::{Config, SignInConfig, settings};
use bff_kit::host::{Server, Tcp};
use bff_kit::{AnyClient, DocumentPolicy};
use tokio::net::TcpListener;

use crate::support::{assert_same_as_file, credentials, schema_folder};

/// The configuration of a production server, with the operations of a folder.
fn production(folder: Option<PathBuf>) -> Config {
    let mut config = Config { mode: Mode::Production, ..Config::default() };
    config.credential.key = Some("a key of this test's own, long enough".into());
    config.operations.folder = folder;
    // No client is connected that a stop would have to wait for.
    config.server.stop_delay_ms = Some(0);
    config.server.public_origins = vec!["https://shop.example".to_owned()];
    config.sign_in = credentials::nobody();
    config
}

/// Starts a server that is to stop at once; returns the error if it does not start, `None` otherwise.
async fn start(client: AnyClient, config: Config) -> Option<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let served = Server::new(config).serve(client, listener, Tcp, std::future::ready(())).await;
    served.err().map(|error| error.to_string())
}

#[tokio::test]
async fn production_without_any_operation_to_run_does_not_start() {
    let empty = tempfile::tempdir().unwrap();
    std::fs::create_dir(empty.path().join("manifests")).unwrap();
    let empty = || Some(empty.path().to_owned());
    let not_set = start(bff_mobile::client(), production(None)).await.unwrap();
    assert!(
        not_set.starts_with("operations.folder: is not set, and by operations.policy `registered`"),
        "{not_set}"
    );
    assert_eq!(start(bff_iot::client(), production(None)).await, Some(not_set));
    let nothing = start(bff_mobile::client(), production(empty())).await.unwrap();
    assert!(nothing.contains("holds no registered operation") && !nothing.contains('\n'), "{nothing}");

    // Under another policy there are operations to run, and in development there may be some later.
    assert_eq!(start(bff_web::client(), production(None)).await, None);
    assert_eq!(start(bff_mobile::client(), production(Some(schema_folder().join("mobile")))).await, None);
    let mut open = production(empty());
    open.operations.policy = Some(DocumentPolicy::Open);
    assert_eq!(start(bff_mobile::client(), open).await, None);
    let mut development = Config { mode: Mode::Development, ..production(empty()) };
    development.operations.policy = Some(DocumentPolicy::Registered);
    assert_eq!(start(bff_mobile::client(), development).await, None);
    let mut web = production(None);
    web.operations.policy = Some(DocumentPolicy::Registered);
    assert!(start(bff_web::client(), web).await.is_some());
}

#[tokio::test]
async fn production_where_browsers_come_does_not_start_without_its_origins() {
    let open = |mode| {
        let mut config = Config { mode, ..production(None) };
        config.operations.policy = Some(DocumentPolicy::Open);
        config.server.public_origins.clear();
        config
    };
    let problem = start(bff_web::client(), open(Mode::Production)).await.unwrap();
    assert!(problem.starts_with("server.public_origins: must be set in production"), "{problem}");
    assert!(problem.contains("such as [\"https://shop.example\"]") && !problem.contains('\n'), "{problem}");
    assert_eq!(start(bff_mobile::client(), open(Mode::Production)).await, None);
    assert_eq!(start(bff_iot::client(), open(Mode::Production)).await, None);
    assert_eq!(start(bff_web::client(), open(Mode::Development)).await, None);
}

#[tokio::test]
async fn production_does_not_start_without_a_way_to_sign_in() {
    let without = |client, change: fn(&mut SignInConfig)| async move {
        let mut config = production(None);
        config.operations.policy = Some(DocumentPolicy::Open);
        change(&mut config.sign_in);
        start(client, config).await.unwrap_or_default()
    };
    let (mobile, iot) = (bff_mobile::client(), bff_iot::client());
    let no_issuer = without(mobile, |it| it.issuer = None).await;
    assert!(no_issuer.starts_with("sign_in.issuer: must be set in production"), "{no_issuer}");
    let no_jwks = without(mobile, |it| it.jwks = None).await;
    assert!(no_jwks.starts_with("sign_in.jwks: must be set"), "{no_jwks}");
    let plain = without(mobile, |it| it.jwks = Some("http://id.shop.example/jwks".to_owned())).await;
    assert!(plain.starts_with("sign_in.jwks: "), "{plain}");
    let no_keys = without(iot, |it| it.keys = None).await;
    assert!(no_keys.starts_with("sign_in.keys: must be set in production"), "{no_keys}");
    let no_file = without(iot, |it| it.keys = Some("/no/such/file".into())).await;
    assert!(no_file.starts_with("sign_in.keys: ") && no_file.contains("/no/such/file"), "{no_file}");
    // Each client needs the settings of its own sign-in alone.
    assert_eq!(without(iot, |it| (it.issuer, it.jwks) = (None, None)).await, "");
    assert_eq!(without(mobile, |it| it.keys = None).await, "");
}

#[tokio::test]
async fn production_does_not_start_without_a_credential_for_services() {
    let mut config = production(None);
    config.operations.policy = Some(DocumentPolicy::Open);
    config.credential.key = None;
    let problem = start(bff_mobile::client(), config).await.unwrap();
    assert!(
        problem.starts_with("credential.key: must be set in production, to a key of your own"),
        "{problem}"
    );
}

#[test]
fn the_documentation_lists_every_setting_as_the_code_has_it() {
    const FILE: &str = "docs/configuration.md";
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(FILE)).unwrap();
    let text = with_table(&text, "settings", &all());
    assert_same_as_file(FILE, &with_table(&text, "clients", &of_clients()));
}

/// The text with another table between `<!-- NAME -->` and `<!-- end of NAME -->`.
fn with_table(text: &str, name: &str, table: &str) -> String {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = text.split_once(&start).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{start}{table}{end}{after}")
}

fn all() -> String {
    let mut table = "| key | takes | default | meaning |\n|---|---|---|---|\n".to_owned();
    for setting in settings() {
        let default = setting.default.map_or("–".to_owned(), |value| format!("`{value}`"));
        writeln!(table, "| `{}` | {} | {default} | {} |", setting.key, setting.kind, setting.meaning)
            .unwrap();
    }
    table
}

/// The table of settings that each client decides itself.
fn of_clients() -> String {
    let config = Config { sign_in: SignInConfig::default(), ..production(None) };
    let clients = [bff_mobile::client(), bff_web::client(), bff_iot::client()];
    let clients = clients.map(|client| config.clone().effective(&client).to_toml());
    let mut table = "| key | mobile | web | iot |\n|---|---|---|---|\n".to_owned();
    for setting in settings().iter().filter(|setting| setting.default.is_none() && !setting.is_secret) {
        let own = clients.each_ref().map(|client| {
            let (section, name) = setting.key.split_once('.')?;
            client.get(section)?.get(name).map(|value| format!("`{value}`"))
        });
        if let [Some(mobile), Some(web), Some(iot)] = own {
            writeln!(table, "| `{}` | {mobile} | {web} | {iot} |", setting.key).unwrap();
        }
    }
    table
}
