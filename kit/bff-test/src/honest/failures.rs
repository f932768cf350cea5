//! Every operation × call × failure: the answer lacks the fields that the plan says, and all others are intact.

use super::Suite;
use super::expected::compare;
use crate::services::Break;

const NOT_FOUND: i32 = 5;
const FAILED_PRECONDITION: i32 = 9;
const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;

/// Every way to break an RPC.
const BREAKS: [Break; 9] = [
    Break::Status(UNAVAILABLE),
    Break::Status(INTERNAL),
    Break::Status(FAILED_PRECONDITION),
    Break::Status(NOT_FOUND),
    Break::Keys(UNAVAILABLE),
    Break::Keys(INTERNAL),
    Break::Keys(NOT_FOUND),
    Break::Unreadable,
    Break::Silent,
];

impl Suite<'_> {
    pub(super) async fn failures(&mut self) {
        for operation in self.operations.clone() {
            let body = operation.body(&operation.full);
            let mut bff = self.bff.open();
            let healthy = bff.send(&body, Some("ada"), &[]).await;
            if !self.holds(healthy.is_whole(), || format!("{}: {}", operation.name, healthy.text)) {
                continue;
            }
            for failure in &operation.plan.failures {
                for broken in BREAKS {
                    let services = bff.services();
                    let is_possible = match broken {
                        Break::Keys(_) => services.answers_by_key(&failure.rpc),
                        // Of which of several keys this is true, nobody knows: it is an internal error then.
                        Break::Status(NOT_FOUND) => !services.fails_together(&failure.rpc),
                        _ => true,
                    };
                    if !is_possible {
                        continue;
                    }
                    if operation.is_mutation() {
                        // One that was made before may have another outcome.
                        bff = self.bff.open();
                    }
                    bff.services().break_rpc(&failure.rpc, broken);
                    let answer = bff.send(&body, Some("ada"), &[]).await;
                    bff.services().mend();
                    self.tried.failures += 1;
                    match compare(failure, broken.mode(), &healthy, &answer, Clone::clone) {
                        Ok(seen) => self.tried.consequences += seen,
                        Err(problem) => self.problems.push(format!(
                            "{} with {} {broken:?}: {problem}: {}",
                            operation.name, failure.rpc, answer.text
                        )),
                    }
                }
            }
        }
    }
}
