//! The preparer of a client's operations: with the client's own limits, or as a server configures it.

use std::sync::Arc;

use operation::{FindRow, Guard, Preparer};

use crate::any_client::AnyClient;
use crate::config::Config;
use crate::mode::Mode;

/// Returns the preparer of a client, which plans its operations without a server.
#[must_use]
pub fn preparer(client: AnyClient) -> Preparer {
    in_mode(client, Mode::Development)
}

/// Returns the preparer of a client's server, with the changes that the configuration makes.
#[must_use]
pub fn server_preparer(client: AnyClient, config: &Config) -> Preparer {
    let preparer = in_mode(client, config.mode);
    Preparer {
        deadline: config.deadline(&client.limits),
        guard: Guard::new(config.limits(&client.limits), config.limits.report_only.clone()),
        masks: config.upstream.read_masks,
        hoisting: config.upstream.hoisting,
        rows: preparer.rows.filter(|_| config.operations.programs),
        ..preparer
    }
}

pub(crate) fn in_mode(client: AnyClient, mode: Mode) -> Preparer {
    let policies = Arc::new((client.policies)());
    let preparer = Preparer::new(client.short_name(), (client.schema_index)(), policies, client.limits);
    let rows = (client.rows)();
    let rows: Box<FindRow> = Box::new(move |type_name, field| rows.number(type_name, field));
    let introspection = mode == Mode::Development;
    Preparer { issuer: client.name, introspection, rows: Some(rows), ..preparer }
}
