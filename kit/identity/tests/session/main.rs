//! Sessions of browsers: how long they last, who can end them, and what the store may know.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod lifetime;
mod many;
mod names;
#[path = "../shared/store.rs"]
mod store;
mod support;
