//! The directives with which an internal SDL describes calls.

/// Names of the directives, which the public SDL leaves out.
pub const NAMES: [&str; 4] = ["bounds", "fetch", "reads", "requires"];

/// Names of the types that these directives take.
pub(super) const TYPES: [&str; 4] = ["_Idempotency", "_KeySource", "_Step", "_StepKind"];

/// Definitions of the directives, which stand at the end of the internal SDL.
pub const DEFINITIONS: &str = r#"
"""Source of a key: `argument.NAME`, `parent.PATH` (a path of the parent's message), `caller` (the principal), or `previous` (the step before)."""
scalar _KeySource

"""Kind of a call: a `FETCH`, a `COMMAND`, or a command that nobody waits for (`COMMAND_LATER`)."""
enum _StepKind { FETCH COMMAND COMMAND_LATER }

"""Idempotency of an RPC, as its contract states it."""
enum _Idempotency { NO_SIDE_EFFECTS IDEMPOTENT NON_IDEMPOTENT }

"""One call of a field."""
input _Step {
  "The type of the fetch or command."
  name: String!
  "Kind of the call."
  kind: _StepKind!
  "The RPC that is called."
  rpc: String!
  "Sources of its keys."
  by: [_KeySource!]!
  "Paths of its response that the field itself reads."
  reads: [String!]!
  "The type it loads, where the field may return several and each has a call of its own."
  on: String
  "Paths of its response that the key holds: fields that need no more of it are fetched beside this call."
  holds: [String!]
  "True if the field does without it when it fails."
  bestEffort: Boolean
  "True if it waits for the keys of every field that makes this fetch, so that all of them travel together."
  coalesced: Boolean
  "False if its request has no read mask: the whole response is sent."
  masked: Boolean
  "Most keys of the field, where it makes one value of several."
  each: Int
  "Most keys of one call."
  keys: Int!
  "Most calls at a time."
  atOnce: Int
  "Idempotency of the RPC."
  idempotency: _Idempotency!
  "True if its response is the same for every principal."
  public: Boolean!
}

"""The calls behind a field, in order. With a fallback the field is optional, else critical."""
directive @fetch(steps: [_Step!]!, fallback: String) on FIELD_DEFINITION

"""Paths of the parent's message that the field reads."""
directive @reads(paths: [String!]!) on FIELD_DEFINITION

"""
Most `items` of a list, fewer where the source `by` says so; of the lists `of` below the field where they are named.
Most `bytes` of a string, counted as UTF-8.
"""
directive @bounds(items: Int, by: _KeySource, of: [String!], bytes: Int) on FIELD_DEFINITION

"""
What a principal must bring to use the field, or any field of the object: to be a `user`, or a credential with all of
these `scopes`.
"""
directive @requires(user: Boolean, scopes: [String!]) on FIELD_DEFINITION | OBJECT
"#;
