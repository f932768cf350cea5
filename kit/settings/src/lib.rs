//! Settings of a program: a TOML file, overridden by environment variables, overridden by flags.
//!
//! The settings are the fields of a struct. [`Layers`] merges their sources key by key and knows the source of each;
//! [`settings`] describes them for documentation; a [`Secret`] is shown nowhere.
//!
//! ```
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//! use settings::{Layers, Named};
//!
//! #[derive(Default, Deserialize, JsonSchema, Serialize)]
//! #[serde(deny_unknown_fields, default)]
//! struct Config {
//!     /// Port to listen on.
//!     port: u16,
//! }
//!
//! let variables = [("SHOP__PORT".to_owned(), "4000".to_owned())];
//! let layers = Layers::of::<Config>(Named::default())
//!     .environment("SHOP", variables.into_iter())
//!     .flag("--port", "port", "4001");
//! assert_eq!(layers.read::<Config>()?.port, 4001);
//! assert_eq!(layers.source("port").to_string(), "flag --port");
//! assert_eq!(settings::settings::<Config>()[0].meaning, "Port to listen on.");
//! # Ok::<(), settings::ConfigError>(())
//! ```
//!
//! Next: `kit/bff-kit/src/config.rs` holds the settings of a BFF, `docs/configuration.md` its table.

mod describe;
mod error;
mod layers;
mod secret;
mod source;
mod value;

pub use describe::{NAME, Setting, lookup, settings};
pub use error::ConfigError;
pub use layers::{Layers, Named};
pub use secret::Secret;
pub use source::Source;
