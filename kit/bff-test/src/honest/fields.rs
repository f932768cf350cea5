//! Every field reads the paths it declares, and makes the calls it declares.

use std::collections::BTreeSet;

use operation::{Plan, PlannedCall};

use super::Suite;
use crate::probe::Probe;
use crate::services::Call;

impl Suite<'_> {
    pub(super) async fn fields(&mut self) {
        let masked = self.bff.open();
        let unmasked = self.bff.open_with(|config| config.upstream.read_masks = false);
        let preparer = self.bff.preparer();
        for probe in self.probes.clone() {
            let coordinate = &probe.coordinate;
            masked.services().forget_calls();
            let with = masked.query(&probe.query).await;
            let without = unmasked.query(&probe.query).await;
            if !self.holds(with.is_whole(), || format!("{coordinate}, {}: {}", probe.query, with.text)) {
                continue;
            }
            self.holds(with.body == without.body, || {
                format!(
                    "{coordinate} reads more than it says: {} with its read mask, {} without",
                    with.text, without.text
                )
            });
            match preparer.plan(&probe.query) {
                Ok(plan) => self.calls(&probe, &plan, &masked.services().calls()),
                Err(error) => self.problems.push(format!("{coordinate}: {error}")),
            }
            self.tried.fields += 1;
        }
        let sent = unmasked.services().calls().into_iter().find(|call| call.mask.is_some());
        self.holds(sent.is_none(), || format!("a mask is sent though masks are off: {sent:?}"));
    }

    fn calls(&mut self, probe: &Probe, plan: &Plan, calls: &[Call]) {
        let coordinate = &probe.coordinate;
        let planned: Vec<_> = plan.waves.iter().flat_map(|wave| &wave.calls).chain(&plan.later).collect();
        let declared: BTreeSet<_> = planned.iter().map(|call| call.rpc.as_str()).collect();
        let called: BTreeSet<_> = calls.iter().map(|call| call.rpc.as_str()).collect();
        let fits = if probe.is_choice {
            // One of several calls is made, as the object is of one of several types.
            !called.is_empty() && called.is_subset(&declared)
        } else {
            called == declared
        };
        self.holds(fits, || format!("{coordinate} declares {declared:?} and calls {called:?}"));
        for call in calls {
            let within = planned.iter().any(|planned| fits_mask(planned, call));
            self.holds(within, || {
                format!(
                    "{coordinate} calls {} with the mask {:?}, which its plan does not have",
                    call.rpc, call.mask
                )
            });
        }
    }
}

/// Returns true if a call reads what is planned.
fn fits_mask(planned: &PlannedCall, call: &Call) -> bool {
    // What is read whole has no mask.
    let is_all = planned.reads.iter().any(|path| path == "*");
    let expected = planned.masked.then_some(&planned.reads).filter(|_| planned.slot.is_some() && !is_all);
    planned.rpc == call.rpc && call.mask.as_ref() == expected
}
