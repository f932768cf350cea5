//! End-to-end tests: the domain's services and the BFFs on real sockets, in this process.
//!
//! Snapshots stand in `tests/snapshots/`, the contracts in `schema/`; `UPDATE_SNAPSHOTS=1 cargo test` rewrites
//! both, to be reviewed in the diff.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

/// What every test uses: a shop of its own, answers, snapshots.
mod support;

/// The SDL in `schema/` is what the code serves, and the protos keep the rules of buf's `STANDARD`.
mod contracts;
/// Dependencies run one way, and async-graphql is the version that works.
mod structure;

/// Calls and keys for each RPC, for every screen.
mod calls;
/// Every field reads what it says it reads; what a wholesaler is paid is read by none.
mod masks;
/// Pages, however they are walked, make up the whole list.
mod pages;
mod plans;
/// The README's queries give the README's answers.
mod readme;
/// Every screen of every client on seeded data.
mod screens;

/// A foreign catalogue, imported, is told by every client as its file tells it.
mod catalogue;

/// Null propagation and the order of keys, as the GraphQL specification has them.
mod conformance;
/// What a client sees when a service fails, is slow, or answers nonsense.
mod failures;
/// What documents mean: fields that are one, conditions, nulls, and how many errors are told.
mod language;
/// A slow producer holds up nobody, and every batch is whole.
mod pace;

/// Whose fault it was: what of a service's words is said to the client, and what to the log.
mod blame;
/// What each failing call does to each screen: its own fields and no others.
mod blast;
/// What settings do at the start, and that the documentation lists each as the code has it.
mod configuration;
/// Deadlines and cancellation reach the services.
mod deadlines;
/// Four ways to name an operation, and what becomes of each: known, unknown, wrong, changed, flooded.
mod documents;
/// What a server bears of connections, how it leaves them, and what operators see of it.
mod door;
/// What the server says to requests and connections that are not as they should be.
mod edge;
/// Who may ask what, and as whom.
mod identity;
/// Nobody sees what is somebody else's, whichever id they name.
mod isolation;
/// What may be kept of an answer, by whom, and what makes them forget it.
mod keeping;
/// An id that is none is an error that names it, wherever an id is taken.
mod malformed;
/// What each client can change, and that repeating it changes nothing more.
mod mutations;
/// What the shop refuses to do, as each client is told.
mod refusals;
/// What devices report is counted once, whatever is lost on the way.
mod reports;
/// How a server stops.
mod stopping;
/// How services are reached: over TLS where their address says so, with whom that proves, and never otherwise.
mod upstreams;
/// What a service says and a BFF does not know is told as nothing: never as something else.
mod values;
