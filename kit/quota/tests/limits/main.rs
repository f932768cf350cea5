//! Limits, on a paused clock.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

/// A minute at twice the quota, and bursts.
mod accuracy;
/// Outages of the shared store.
mod away;
/// CPU time of a charge, and its allocations.
mod cost;
/// The values of headers.
mod headers;
/// Parties, and what stays of their names.
mod keys;
/// More keys than there is room for.
mod many;
/// What holds for any order of requests.
mod properties;
/// Numbers that make no quota, and costs that no quota has.
mod quotas;
/// Replicas on a Redis server that is started for the test.
mod redis;
/// Replicas that count together.
mod replicas;
mod support;
