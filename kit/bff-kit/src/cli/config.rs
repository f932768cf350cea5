//! The command `config`: prints the settings in effect, and the source of each.

use std::fmt::Write as _;

use super::{Failure, Settings, configuration};
use crate::any_client::AnyClient;
use crate::config::{Config, Layers, SERVICE, Setting, settings};
use crate::credentials::CredentialSetup;

/// Prints the settings in effect.
pub(super) fn run(client: AnyClient, of: Settings) -> Result<(), Failure> {
    let (layers, config) = configuration(client, of)?;
    // The client knows which settings its credentials need; a server makes them in the same way.
    (client.credentials)(&CredentialSetup::new(&config, client.name, true))
        .map_err(|error| Failure::Config(layers.locate(error)))?;
    super::print(&listing(&layers, &config.effective(&client)));
    Ok(())
}

/// Returns one line for each setting, in the form of a file with the same settings. Absent and secret settings are
/// comments.
fn listing(layers: &Layers, config: &Config) -> String {
    let table = config.to_toml();
    let mut lines = Vec::new();
    for setting in settings() {
        let Some((section, name)) = setting.key.split_once(SERVICE) else {
            let path: Vec<_> = setting.key.split('.').collect();
            lines.push(line(layers, &setting, &path, &table));
            continue;
        };
        let section: Vec<_> = section.split_terminator('.').collect();
        for service in config.upstream.services.keys() {
            let path = [&section[..], &[service.as_str(), name.trim_start_matches('.')]].concat();
            lines.push(line(layers, &setting, &path, &table));
        }
    }
    let width = lines.iter().map(|(text, _)| text.chars().count()).max().unwrap_or_default();
    lines.iter().fold(String::new(), |mut text, (line, source)| {
        let _written = writeln!(text, "{line:width$}  # {source}");
        text
    })
}

/// Returns the line of a setting with its value, and the source of that value.
fn line(layers: &Layers, setting: &Setting, path: &[&str], table: &toml::Table) -> (String, String) {
    let source = layers.source(&path.join(".")).to_string();
    let quoted = |name: &&str| if name.contains('.') { format!("\"{name}\"") } else { (*name).to_owned() };
    let key = path.iter().map(quoted).collect::<Vec<_>>().join(".");
    let (first, rest) = path.split_first().expect("a key has a name");
    let value = rest.iter().try_fold(table.get(*first), |value, name| Some(value?.get(*name)));
    let text = match value.flatten() {
        None => format!("# {key} is not set"),
        Some(_) if setting.is_secret => format!("# {key} is set and hidden"),
        Some(value) => format!("{key} = {value}"),
    };
    (text, source)
}
