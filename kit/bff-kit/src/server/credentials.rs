//! The credentials that services are shown: those of the client's source, and what single services are shown besides.

use std::collections::BTreeMap;

use gateway::{Credentials, ServiceMetadata};
use http::{HeaderMap, HeaderName, HeaderValue};
use identity::Credential;

use crate::any_client::AnyClient;
use crate::config::{Config, ConfigError, Secret};
use crate::credentials::CredentialSetup;

/// Makes the credentials of a BFF. `brings_tokens` is true if each of its principals has a token to exchange.
pub(crate) fn credentials(
    config: &Config,
    client: &AnyClient,
    brings_tokens: bool,
) -> Result<Credentials, ConfigError> {
    let name = client.name;
    let audience = config.credential.audience.as_deref();
    if audience == Some(config.sign_in.audience.as_deref().unwrap_or(name)) {
        let problem =
            "must not be that of the tokens of clients: a service could sign in with what it is shown";
        return Err(ConfigError::new("credential.audience", problem));
    }
    let mut own = BTreeMap::new();
    for (service, settings) in &config.upstream.services {
        if settings.metadata.is_some() || !settings.credential {
            let headers = settings.metadata.as_ref().map(|lines| headers(service, lines)).transpose()?;
            let headers = headers.unwrap_or_default();
            own.insert(service.clone(), ServiceMetadata { credential: settings.credential, headers });
        }
    }
    let source = (client.credentials)(&CredentialSetup::new(config, name, brings_tokens))?;
    Ok(Credentials::new(name, source, audience).with_metadata(own))
}

/// Parses the metadata of a service. Its errors name no value, since values are secret.
fn headers(service: &str, lines: &Secret) -> Result<HeaderMap, ConfigError> {
    let key = || format!("upstream.services.{service}.metadata");
    let mut headers = HeaderMap::new();
    for (index, line) in Secret::expose(lines).lines().enumerate().filter(|(_, line)| !line.trim().is_empty())
    {
        let number = index + 1;
        let wrong = |problem: &str| ConfigError::new(key(), format!("line {number} {problem}"));
        let (name, value) = line.split_once(':').ok_or_else(|| wrong("is not `NAME: VALUE`"))?;
        let name: HeaderName =
            name.trim().parse().map_err(|_| wrong("does not begin with the name of a header"))?;
        if Credential::is_reserved(&name) {
            return Err(wrong(&format!("names `{name}`, which gRPC itself writes")));
        }
        let mut value: HeaderValue =
            value.trim().parse().map_err(|_| wrong("holds characters that no header can"))?;
        value.set_sensitive(true);
        if headers.insert(&name, value).is_some() {
            return Err(wrong(&format!("names `{name}` again")));
        }
    }
    if headers.is_empty() {
        return Err(ConfigError::new(key(), "holds no `NAME: VALUE`"));
    }
    Ok(headers)
}
