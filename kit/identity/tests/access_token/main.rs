//! Sign-in with access tokens.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

/// Tokens that are rejected, all with one answer.
mod bad;
/// The cost of a sign-in.
mod cost;
/// Tokens that are bound to a key of their client, and the proofs of it.
mod dpop;
/// Tokens that are accepted, and what their principal carries.
mod good;
/// Keys behind a URL.
mod http_source;
/// Keys that are loaded, rotated, withdrawn, and out of reach.
mod keys;
/// A store that records what is written, and can fail.
#[path = "../shared/store.rs"]
mod store;
/// An issuer with keys, and a server that accepts its tokens.
mod support;
