//! The claims of a credential that the identity provider has given a BFF.

use serde::Deserialize;

use super::{Actor, Caller};

/// The type (`typ`) of such credentials, in their header (RFC 9068, section 2.1).
pub(super) const TYPE: &str = "at+jwt";

/// The claims that name the BFF and the principal.
#[derive(Deserialize)]
pub(super) struct Exchanged {
    sub: String,
    client_id: String,
    /// The BFF that acts for the user (RFC 8693, section 4.1); absent if it acts for nobody.
    act: Option<Act>,
}

#[derive(Deserialize)]
struct Act {
    sub: String,
}

impl Exchanged {
    /// The caller. Fails for the token of a user whom no BFF acts for: it was given to a client.
    pub(super) fn caller(self) -> Result<Caller, &'static str> {
        match self.act {
            Some(act) => Ok(Caller { issuer: act.sub, subject: Some(self.sub), actor: Some(Actor::User) }),
            None if self.sub == self.client_id => {
                Ok(Caller { issuer: self.client_id, subject: None, actor: None })
            }
            None => Err("the credential is a token of a client, which no BFF has exchanged"),
        }
    }
}
