//! Settings of calls to the services.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of calls to the services.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct UpstreamConfig {
    /// Address of every service that has none of its own: `http://HOST:PORT` in plain text, `https://HOST:PORT` over
    /// TLS.
    #[schemars(extend("format" = "URL"))]
    pub default: String,
    /// PEM file of the root certificates that the services' certificates must lead to; those of the system when absent.
    #[schemars(extend("format" = "path"))]
    pub ca: Option<PathBuf>,
    /// PEM file of the certificate that is shown to services that request one, followed by those it is signed
    /// with; none is shown when absent.
    #[schemars(extend("format" = "path"))]
    pub client_certificate: Option<PathBuf>,
    /// PEM file of the private key of that certificate.
    #[schemars(extend("format" = "path"))]
    pub client_key: Option<PathBuf>,
    /// Settings that differ for single services, by full name, such as `"shop.reviews.v1.ReviewService"`.
    pub services: BTreeMap<String, ServiceConfig>,
    /// Longest answer to one call, in bytes. A longer one is a fault of its service.
    #[schemars(range(min = 1))]
    pub max_answer_bytes: usize,
    /// Read masks on calls. Turn them off for services that do not honour them.
    pub read_masks: bool,
    /// Calls that need no more of an object than its key are made beside the one that answers the object, instead of
    /// behind it. Turn it off to see what that saves; the answers are the same.
    pub hoisting: bool,
}

impl Default for UpstreamConfig {
    fn default() -> Self {
        Self {
            default: "http://127.0.0.1:50051".to_owned(),
            ca: None,
            client_certificate: None,
            client_key: None,
            services: BTreeMap::new(),
            max_answer_bytes: 4 * 1024 * 1024,
            read_masks: true,
            hoisting: true,
        }
    }
}

/// Settings that differ for one service. Absent settings are as for all services.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceConfig {
    /// Address of this service; that of all services when absent. A text in place of the section sets this.
    #[schemars(extend("format" = "URL"))]
    pub address: Option<String>,
    /// PEM file of the root certificates that this service's certificate must lead to; as for all services when absent.
    #[schemars(extend("format" = "path"))]
    pub ca: Option<PathBuf>,
    /// PEM file of the certificate that is shown to this service; as for all services when absent.
    #[schemars(extend("format" = "path"))]
    pub client_certificate: Option<PathBuf>,
    /// PEM file of the private key of that certificate.
    #[schemars(extend("format" = "path"))]
    pub client_key: Option<PathBuf>,
}
