//! The answers of a batch, matched by key.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::{Fault, FaultKind, Fetch};

/// An answer for every key of a batch.
#[derive(Debug)]
pub struct Answers<F: Fetch>(HashMap<F, Result<F::Value, Fault>>);

impl<F: Fetch> Answers<F> {
    /// The same fault for every key.
    #[must_use]
    pub fn failed(keys: Vec<F>, fault: &Fault) -> Self {
        Self(keys.into_iter().map(|key| (key, Err(fault.clone()))).collect())
    }

    /// Matches results to the keys that were asked, whatever their order.
    ///
    /// A key without a result and a key with two get a fault each; a result for a key nobody asked is left
    /// out. All three are reported, and none touches another key.
    #[must_use]
    pub fn matched(keys: Vec<F>, results: impl IntoIterator<Item = (F, Result<F::Value, Fault>)>) -> Self {
        let mut answers: HashMap<F, Option<Result<F::Value, Fault>>> =
            keys.into_iter().map(|key| (key, None)).collect();
        for (key, result) in results {
            match answers.entry(key) {
                Entry::Occupied(mut asked) => {
                    let twice = asked.get().is_some();
                    let result = if twice { Err(broken::<F>("answered twice", asked.key())) } else { result };
                    asked.insert(Some(result));
                }
                Entry::Vacant(unasked) => {
                    broken::<F>("answered without being asked", unasked.key());
                }
            }
        }
        let answered = answers.into_iter().map(|(key, result)| {
            let result = result.unwrap_or_else(|| Err(broken::<F>("not answered", &key)));
            (key, result)
        });
        Self(answered.collect())
    }

    pub(crate) fn into_map(self) -> HashMap<F, Result<F::Value, Fault>> {
        self.0
    }
}

/// Reports that a batch is broken for one key.
fn broken<F: Fetch>(what: &str, key: &F) -> Fault {
    let rpc = F::RPC.path();
    tracing::error!(rpc, ?key, "a key of a batch was {what}");
    Fault::new(FaultKind::Internal, format!("{rpc}: {key:?} was {what}"))
}
