//! End-to-end tests: the domain's services and the BFFs on real sockets, in this process.
//!
//! Snapshots are in `tests/snapshots/`, the contracts in `schema/`; `UPDATE_SNAPSHOTS=1 cargo test` rewrites
//! both, to be reviewed in the diff.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

/// The allocator of the servers, whose memory is measured.
#[global_allocator]
static ALLOCATOR: bff_kit::host::Allocator = bff_kit::host::Allocator;

/// Support for all tests: a shop per test, answers, snapshots.
mod support;

/// The SDL in `schema/` matches the code, and the protos follow the rules of buf's `STANDARD`.
mod contracts;
/// Mistakes of authors are errors of the compiler, which say what to do.
mod mistakes;
/// Dependencies run one way, and async-graphql stays at the version that conforms to the specification.
mod structure;

/// Calls and keys per RPC, for every screen.
mod calls;
/// The three BFFs keep what every BFF has to keep, over services that the contracts make up.
mod honest;
/// Calls read what operations select, and none reads the wholesale price.
mod masks;
/// Pages add up to the whole list, wherever each of them ends.
mod pages;
/// Every operation keeps to its plan: calls, keys, masks and bytes, also when something fails.
mod plans;
/// The README's queries return the README's answers.
mod readme;
/// Every screen of every client, on seeded data.
mod screens;

/// Every client shows an imported foreign catalogue as its file has it.
mod catalogue;

/// Null propagation and the order of keys follow the GraphQL specification.
mod conformance;
/// Answers to a client when a service fails, is slow, or sends nonsense.
mod failures;
/// Semantics of documents: merged fields, conditions, nulls, and the number of errors reported.
mod language;
/// A slow producer delays no other branch, and no batch is split.
mod pace;

/// Attribution of errors: the part of a service's status that is shown to the client, and the part that is logged.
mod blame;
/// Each failing call affects its own fields of each screen and no others.
mod blast;
/// Checks of the configuration at startup, and of its documentation, which lists each setting as the code has it.
mod configuration;
/// Deadlines and cancellation reach the services.
mod deadlines;
/// Four ways to name an operation, each with its outcomes: known, unknown, invalid, changed, flooded.
mod documents;
/// Connections of a server: limits, timeouts, draining and certificates, and the metrics and log lines for operators.
mod door;
/// The HTTP edge: its answers to malformed, hostile and cross-site requests, and to the rarer forms of valid ones.
mod edge;
/// Contracts that were not made for the kit: batches without errors by key, and pages that cannot skip.
mod foreign;
/// Public values that requests share: as fresh as each client wants them, and old ones when a service fails.
mod freshness;
/// Principals: their identification, and the operations that they may run.
mod identity;
/// No principal sees or changes data of another, whichever id a request names.
mod isolation;
/// Cacheability of answers: the caches that may store them, the storage time, and the keys by which they are purged.
mod keeping;
/// Quotas of users, devices and addresses.
mod limited;
/// Every mutation of each client, and its repetition under the same idempotency key, which changes nothing more.
mod mutations;
/// Business reasons for which the shop declines a mutation, as each client sees them.
mod rejections;
/// Services that restart, vanish, hang or are crowded, behind a BFF under load.
mod reliability;
/// Readings that devices report are counted once, whatever is lost on the way.
mod reports;
/// Whole shops in simulated time, with every kind of fault, drawn from seeds.
mod simulated;
/// Graceful shutdown of a server.
mod stopping;
/// A team's own words, codes and credentials.
mod team;
/// Connections to services: TLS wherever the address says so, verified certificates, and never plain text instead.
mod upstreams;
/// A service's value that a BFF does not know becomes null or an error, never another value.
mod values;
