//! Rows of a policy table, by the type of the fetch or command.

use rpc::{Policies, Policy};

use crate::{Command, Fetch};

/// Adds rows to a table by the type of the fetch or command.
pub trait PolicyTable {
    /// Adds the row of a fetch.
    #[must_use]
    fn fetch<F: Fetch>(self, policy: Policy) -> Self;

    /// Adds the row of a command.
    #[must_use]
    fn command<C: Command>(self, policy: Policy) -> Self;
}

impl PolicyTable for Policies {
    fn fetch<F: Fetch>(self, policy: Policy) -> Self {
        let table = self.row(F::NAME, F::RPC, policy);
        match F::changes() {
            _ if !policy.watched => table,
            None => table.problem(F::NAME, "it watches for changes of which the fetch names no stream"),
            Some(changes) if changes.rpc.service() != F::RPC.service() => {
                table.problem(F::NAME, "it watches a stream of another service")
            }
            Some(changes) => table.watching(changes.rpc),
        }
    }

    fn command<C: Command>(self, policy: Policy) -> Self {
        self.row(C::NAME, C::RPC, policy)
    }
}
