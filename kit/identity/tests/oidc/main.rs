//! Sign-in with OIDC: logins, the sessions that they begin, and a provider that misbehaves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

/// Logouts that the provider asks for, good ones and bad ones.
mod backchannel;
/// A browser with its cookies, and the server that it visits.
mod browser;
/// Callbacks that begin no session.
mod callback;
/// The CPU time of a sign-in by a session.
mod cost;
/// The metadata of a provider, and a provider that cannot be reached.
mod discovery;
/// ID tokens that are not accepted.
mod id_token;
/// Keys of the provider.
mod keys;
/// Logins that begin a session.
mod login;
/// Logouts of a user.
mod logout;
/// An identity provider with switches to misbehave.
mod provider;
/// Tokens that run out.
mod refresh;
/// Places to which a browser may return.
mod return_to;
/// Secrets, and where they must not be.
mod secrets;
/// The list of a user's sessions.
mod sessions;
/// A store that records what is written, and can fail.
#[path = "../shared/store.rs"]
mod store;
