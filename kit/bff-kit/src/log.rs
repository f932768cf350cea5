//! Logging to standard error, panics included.

use std::io::IsTerminal as _;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{ConfigError, LogConfig, LogFormat};

/// Starts logging. A second start in one process changes nothing.
pub fn start(config: &LogConfig) -> Result<(), ConfigError> {
    let colours = std::io::stderr().is_terminal();
    // An error means that logging has been started before.
    if tracing::subscriber::set_global_default(subscriber(config, std::io::stderr, colours)?).is_ok() {
        log_panics();
    }
    Ok(())
}

/// Builds the subscriber that writes log lines as configured. Fails if the filter is malformed.
pub fn subscriber<W>(
    config: &LogConfig,
    writer: W,
    colours: bool,
) -> Result<Box<dyn Subscriber + Send + Sync>, ConfigError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&config.filter)
        .map_err(|error| ConfigError::new("log.filter", format!("`{}`: {error}", config.filter)))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(colours);
    Ok(match config.format {
        LogFormat::Text => Box::new(builder.finish()),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).finish()),
    })
}

/// Logs a panic as one line like any other. No other code logs panics, since only the hook knows where they happened.
fn log_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !tracing::enabled!(tracing::Level::ERROR) {
            // An operator who silences this module still wants to know why a process ended.
            return before(panic);
        }
        let cause = panic.payload_as_str().unwrap_or("a value that is no text");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(cause, place, "panicked at {place}");
    }));
}
