//! Principals whose requests run at the same time get their own answers.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;

use super::Suite;
use crate::services::Call;

/// Bytes of the server's cache, by which requests share what is public.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;

/// The principals.
const PRINCIPALS: [Option<&str>; 3] = [Some("ada"), Some("zoe"), None];

impl Suite<'_> {
    pub(super) async fn isolation(&mut self) {
        let bodies: Vec<_> = self
            .operations
            .iter()
            .filter(|operation| !operation.is_mutation())
            .map(|operation| (operation.name.clone(), operation.body(&operation.full)))
            .chain(
                self.probes.iter().map(|probe| (probe.coordinate.clone(), json!({ "query": probe.query }))),
            )
            .collect();
        let alone = self.bff.open();
        let mut differ = 0;
        let shared = self.bff.open_with(|config| config.cache.value_bytes = CACHE_BYTES);
        for (name, body) in bodies {
            let mut expected = Vec::new();
            for principal in PRINCIPALS {
                expected.push(alone.send(&body, principal, &[]).await);
            }
            differ += usize::from(expected[0].body != expected[1].body);
            // Twice, so that the second finds what the first has kept.
            for _ in 0..2 {
                let answers = join_all(PRINCIPALS.map(|principal| shared.send(&body, principal, &[]))).await;
                for ((principal, expected), answer) in PRINCIPALS.iter().zip(&expected).zip(answers) {
                    let principal = principal.unwrap_or("nobody");
                    self.holds(answer.body == expected.body, || {
                        let (told, own) = (&answer.text, &expected.text);
                        format!("{name} tells {principal} {told} beside others, and {own} alone")
                    });
                    self.tried.shared += 1;
                }
            }
        }
        let calls = alone.services().calls();
        let own = calls.iter().filter(|call| !alone.services().answers_all_alike(&call.rpc));
        let names: BTreeSet<_> = own.map(Call::identity).collect();
        let private = names.len() > 1;
        // Otherwise the comparison says nothing: services would tell principals apart.
        self.holds(!private || differ > 0, || {
            "no answer depends on the principal, though calls are made in their names".to_owned()
        });
        self.tried.personal = differ;
    }
}
