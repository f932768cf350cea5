//! Sign-in with API keys.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

/// Keys that are accepted and rejected.
mod accepted;
/// Changes of the file, as a server sees them.
mod changes;
/// The cost of a sign-in.
mod cost;
/// The file itself: its content, its mode, and its changes.
mod file;
/// A file of keys, and a server that accepts them.
mod support;
