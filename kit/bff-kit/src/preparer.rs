//! The preparer of a client's operations, as the client has it and as a server is configured.

use std::sync::Arc;

use operation::schema::{Scalars, SchemaIndex};
use operation::{Guard, Preparer};

use crate::client::{Client, schema};
use crate::config::{Config, Mode};
use crate::schema::internal_sdl;

/// The preparer of a client: what plans its operations without a server.
#[must_use]
pub fn preparer<C: Client>() -> Preparer {
    in_mode::<C>(Mode::Development)
}

/// The preparer of a server, with what the configuration changes of it.
#[must_use]
pub fn server_preparer<C: Client>(config: &Config) -> Preparer {
    Preparer {
        deadline: config.deadline(&C::LIMITS),
        guard: Guard::new(config.limits(&C::LIMITS), config.limits.report_only.clone()),
        masks: config.upstream.read_masks,
        hoisting: config.upstream.hoisting,
        ..in_mode::<C>(config.mode)
    }
}

fn in_mode<C: Client>(mode: Mode) -> Preparer {
    let schema_index =
        SchemaIndex::of(&internal_sdl(&schema::<C>())).with_scalars(Scalars::of::<C::Query, C::Mutation>());
    let introspection = mode == Mode::Development;
    let preparer = Preparer::new(short_name(C::NAME), schema_index, Arc::new(C::policies()), C::LIMITS);
    Preparer { introspection, ..preparer }
}

/// The name of the client in the name of its binary: `"mobile"` of `"bff-mobile"`.
pub(crate) fn short_name(name: &'static str) -> &'static str {
    name.strip_prefix("bff-").unwrap_or(name)
}
