//! Endpoints over a network in memory and a paused clock.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod calls;
mod health;
mod support;
