//! The identity provider over a network in memory, as its clients see it.

#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

/// The base of every test: a provider of its own, and requests to it.
mod support;

/// A code is given for a good request, and errors go to the client or to nobody.
mod authorization;
/// A client is known by its secret.
mod clients;
/// A code is good for one attempt of its client.
mod codes;
/// The metadata is true, and keys rotate on demand.
mod discovery;
/// A BFF gets tokens for services, for its own users and for nobody.
mod exchange;
/// A browser is signed out.
mod logout;
/// The page shows text as text, and loads nothing.
mod page;
/// A refresh token is used once.
mod refresh;
/// A revoked token, and all that came with it, ends.
mod revocation;
/// The provider serves this machine alone.
mod serving;
/// The claims of a user show what the scopes allow.
mod userinfo;
