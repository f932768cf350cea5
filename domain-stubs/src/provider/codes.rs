//! Authorization codes: each is good for one attempt of its client.

use super::{
    bounded::Bounded,
    grants::Grant,
    random::{self, Digest},
};

/// Lifetime of a code, in seconds: the time that a browser needs for a redirect, and more.
const LIFETIME: i64 = 60;

/// Upper bound on the codes that are remembered, those that were used among them.
const MAX_CODES: usize = 1_024;

/// The consent of a user, for which a client gets tokens.
#[derive(Debug, Clone)]
pub(super) struct Consent {
    pub(super) grant: Grant,
    pub(super) redirect_uri: String,
    /// The challenge of PKCE: the SHA-256 of the verifier, in base64url.
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
}

/// The codes that were issued.
#[derive(Debug)]
pub(super) struct Codes(Bounded<Digest, Code>);

#[derive(Debug)]
struct Code {
    consent: Consent,
    expires: i64,
    used: bool,
    /// The grant that was opened for the code.
    opened: Option<String>,
}

/// The outcome of an attempt with a code.
#[derive(Debug)]
pub(super) enum Attempt {
    /// The first one, in time.
    First(Consent),
    /// Another one. The grant that the first one opened, if any, may be in the wrong hands.
    Repeated(Option<String>),
    /// There is no such code for this client now.
    Unknown,
}

impl Codes {
    pub(super) fn new() -> Self {
        Self(Bounded::new(MAX_CODES))
    }

    /// Issues a code.
    pub(super) fn issue(&mut self, consent: Consent, now: i64) -> String {
        let code = random::secret();
        let expires = now.saturating_add(LIFETIME);
        self.0.insert(Digest::of(&code), Code { consent, expires, used: false, opened: None });
        code
    }

    /// Uses a code. A client that it was not issued to cannot use it up.
    pub(super) fn attempt(&mut self, code: &str, client: &str, now: i64) -> Attempt {
        let code = self.0.get_mut(&Digest::of(code)).filter(|code| code.consent.grant.client == client);
        match code {
            Some(code) if code.used => Attempt::Repeated(code.opened.clone()),
            Some(code) if now < code.expires => {
                code.used = true;
                Attempt::First(code.consent.clone())
            }
            _ => Attempt::Unknown,
        }
    }

    /// Remembers the grant that was opened for a code, for the case that the code comes again.
    pub(super) fn opened(&mut self, code: &str, grant: &str) {
        if let Some(code) = self.0.get_mut(&Digest::of(code)) {
            code.opened = Some(grant.to_owned());
        }
    }
}
