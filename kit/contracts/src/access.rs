//! The RPCs that a client's BFF may call, for the services or a mesh to hold it to.
//!
//! A BFF that was taken over has the credential of its own, and nothing that its clients never needed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use operation::{Plan, Preparer};
use serde_json::json;

use crate::error::{ContractError, WayOut};
use crate::files::read;
use crate::folder::Folder;

impl Folder {
    /// Returns the path of the file that lists the RPCs.
    #[must_use]
    pub fn access_path(&self) -> PathBuf {
        self.0.join("access.json")
    }

    /// Returns the text of the file: the RPCs of these plans and of every release, as a configuration of Envoy's filter
    /// `envoy.filters.http.rbac` behind `envoy.filters.http.jwt_authn`, with one policy, which is named after the issuer
    /// of the BFF's credential.
    pub(crate) fn access(&self, preparer: &Preparer, plans: &[Plan]) -> Result<String, ContractError> {
        let mut rpcs: BTreeSet<_> = plans.iter().flat_map(rpcs).collect();
        // No plan has the streams by which a server hears of changes to the values that it keeps.
        rpcs.extend(preparer.policies.streams().map(str::to_owned));
        let mut seen = BTreeSet::new();
        for operation in self.releases()?.into_iter().flat_map(|release| release.operations) {
            // Releases share most of their operations. One that has no plan any more is an error elsewhere.
            if seen.insert(operation.text.clone())
                && let Ok(plan) = preparer.plan(&operation.text)
            {
                rpcs.extend(self::rpcs(&plan));
            }
        }
        let permission = |rpc: &String| json!({ "url_path": { "path": { "exact": format!("/{rpc}") } } });
        let principal = json!({ "metadata": {
            "filter": "envoy.filters.http.jwt_authn",
            "path": [{ "key": "payload" }, { "key": "iss" }],
            "value": { "string_match": { "exact": preparer.issuer } },
        } });
        let policy = json!({
            "permissions": rpcs.iter().map(permission).collect::<Vec<_>>(),
            "principals": [principal],
        });
        let filter = json!({
            "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
            "rules": { "action": "ALLOW", "policies": { preparer.issuer: policy } },
        });
        // A value can always be written.
        Ok(serde_json::to_string_pretty(&filter).unwrap_or_default() + "\n")
    }

    /// Returns an error if the committed file differs.
    pub(crate) fn check_access(&self, preparer: &Preparer, plans: &[Plan]) -> Option<ContractError> {
        let path = self.access_path();
        let wrong =
            |problem: &str| Some(ContractError::new(&path, problem.to_owned()).way_out(WayOut::WritePlans));
        match (self.access(preparer, plans), read(&path)) {
            (Err(error), _) => Some(error),
            (Ok(_), Err(_)) => wrong("is missing"),
            (Ok(planned), Ok(committed)) if planned != committed => {
                wrong("lists other RPCs than the plans do")
            }
            (Ok(_), Ok(_)) => None,
        }
    }
}

fn rpcs(plan: &Plan) -> impl Iterator<Item = String> + '_ {
    let calls = plan.waves.iter().flat_map(|wave| &wave.calls).chain(&plan.later);
    calls.map(|call| call.rpc.clone())
}
