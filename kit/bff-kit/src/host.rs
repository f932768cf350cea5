//! The door for those who run a BFF: the command line, a server of one's own, its settings and what it tells operators.

pub use allocator::Allocator;
pub use endpoints::{Network, Tcp};
pub use telemetry::Admin;

pub use crate::cli::{EXIT_USAGE, listen, run, stop_signal};
pub use crate::preparer::{preparer, server_preparer};
pub use crate::reload::Reload;
pub use crate::server::{PeerAddress, Server};
pub use identity::Clock;

/// Settings of a server, and the places that set them.
pub mod config {
    pub use crate::config::{
        AdmissionConfig, CacheConfig, Config, ConfigError, CredentialConfig, ForwardedBy, HttpProfile,
        Layers, LimitsConfig, LogConfig, LogFormat, OperationsConfig, RateLimitConfig, SERVICE, Secret,
        ServerConfig, ServiceConfig, Setting, SignInConfig, Source, StoreConfig, TlsConfig, UpstreamConfig,
        settings,
    };
}

/// The log of a process.
pub mod log {
    pub use crate::log::{start, subscriber};
}

/// The metrics of a server.
pub mod metrics {
    pub use telemetry::{Kind, METRICS, Metric};
}
