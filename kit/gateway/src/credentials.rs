//! The credentials that services are shown, each used for half of its life.

use std::sync::Arc;

use identity::{CredentialSigner, Principal};
use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;
use resolver::Error;
use tonic::metadata::{Ascii, MetadataValue};

/// Upper bound on the credentials that are remembered.
const MAX_REMEMBERED: u64 = 16 * 1024;

/// Time for which a credential must still be good when a request takes it: longer than any request.
const LEFT: SignedDuration = SignedDuration::from_secs(30);

/// The credentials of a server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Credentials {
    signer: Arc<CredentialSigner>,
    /// Signing takes longer than most of a request, and many requests are of one principal.
    remembered: Cache<Principal, (MetadataValue<Ascii>, Timestamp)>,
}

impl Credentials {
    /// Signs credentials with this key.
    #[must_use]
    pub fn new(signer: CredentialSigner) -> Self {
        Self { signer: Arc::new(signer), remembered: Cache::new(MAX_REMEMBERED) }
    }

    /// Returns the name of the server.
    pub(crate) fn issuer(&self) -> &'static str {
        self.signer.issuer()
    }

    /// Returns the `authorization` of calls made for a principal. Times in it are those of the system clock, with which
    /// the services compare them.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn of(&self, principal: &Principal) -> Result<MetadataValue<Ascii>, Error> {
        let now = Timestamp::now();
        if let Some((credential, expires)) = self.remembered.get(principal)
            && expires.duration_since(now) >= LEFT
        {
            return Ok(credential);
        }
        let unsigned = || Error::internal("the credential could not be signed");
        let signed = self.signer.sign(principal, now).ok_or_else(unsigned)?;
        let credential = MetadataValue::try_from(signed.authorization.as_bytes()).map_err(|_| unsigned())?;
        self.remembered.insert(principal.clone(), (credential.clone(), signed.expires));
        Ok(credential)
    }
}
