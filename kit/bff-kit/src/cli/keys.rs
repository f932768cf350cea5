//! The command `keys`: issues, lists, revokes and rotates the API keys of a client's devices.

use std::fmt::Write as _;
use std::time::Duration;

use clap::{Args, Subcommand};
use identity::{ExposeSecret as _, IssuedKey, KeyFile, KeyFileError, KeyOrder, Scopes};
use jiff::{SignedDuration, Timestamp};

use super::{Failure, Settings, layers};
use crate::any_client::AnyClient;
use crate::config::{Config, ConfigError};
use crate::sign_in::key_file;

/// Seconds of a day.
const DAY_S: u64 = 24 * 60 * 60;

#[derive(Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    change: Change,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Change {
    /// Issue a key, and print it this once
    Issue {
        /// Device that the key is for, by its id in the domain
        device: String,
        /// Note to find the key by
        #[arg(long, default_value = "")]
        label: String,
        /// Scope of the key, such as `telemetry.write`; may be repeated
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// Days until the key expires; never when left out
        #[arg(long, value_name = "DAYS")]
        expires: Option<u32>,
    },
    /// List the keys, without their secrets
    List,
    /// Revoke a key: a server rejects it within a second
    Revoke {
        /// Id of the key, as `list` shows it
        id: String,
    },
    /// Issue a key in the place of another, and print it this once
    Rotate {
        /// Id of the key to be replaced, as `list` shows it
        id: String,
        /// Days for which the old key is accepted as well
        #[arg(long, value_name = "DAYS", default_value_t = 7)]
        overlap: u32,
    },
}

impl Keys {
    /// Carries out the command; returns what it prints.
    pub(super) fn run(self, client: AnyClient) -> Result<String, Failure> {
        // Nothing but the file matters here: whoever issues keys need not know the secrets of the server.
        let config: Config = layers(client, self.settings)?.read()?;
        let file = key_file(client.key_prefix, &config)?;
        let file =
            file.ok_or_else(|| ConfigError::new("sign_in.keys", "must be set, to the file of the API keys"))?;
        self.change.run(&file, Timestamp::now()).map_err(|error| Failure::Other(error.to_string()))
    }
}

impl Change {
    fn run(self, file: &KeyFile, now: Timestamp) -> Result<String, KeyFileError> {
        match self {
            Self::Issue { device, label, scopes, expires } => {
                let scopes = Scopes::of(scopes.iter().map(String::as_str));
                let scopes =
                    scopes.ok_or(KeyFileError::Order("a scope is empty, or has a blank or a quote"))?;
                let expires = expires.map(|days| after(now, days));
                file.issue(KeyOrder { device, label, scopes, expires }, now).map(|issued| shown(&issued))
            }
            Self::List => {
                let lines = |mut text: String, key| {
                    let _written = writeln!(text, "{key}");
                    text
                };
                Ok(file.list(now)?.into_iter().fold(String::new(), lines))
            }
            Self::Revoke { id } => file.revoke(&id, now).map(|key| format!("{key}\n")),
            Self::Rotate { id, overlap } => {
                let overlap = Duration::from_secs(u64::from(overlap) * DAY_S);
                file.rotate(&id, overlap, now).map(|issued| shown(&issued))
            }
        }
    }
}

/// Returns the only text that ever shows a key.
fn shown(IssuedKey { key, report }: &IssuedKey) -> String {
    format!("{}\n{report}\n", key.expose_secret())
}

fn after(now: Timestamp, days: u32) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}
