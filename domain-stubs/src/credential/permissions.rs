//! The RPCs that each BFF may call.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use tonic::Code;

use crate::refusal::Refusal;

/// The RPCs that each BFF may call, as the files `access.json` of the contracts list them. A BFF that no file names may
/// call none.
#[derive(Debug, Clone, Default)]
pub struct Permissions(BTreeMap<String, Permitted>);

#[derive(Debug, Clone)]
enum Permitted {
    All,
    These(BTreeSet<String>),
}

/// Error for files that cannot be read.
#[derive(Debug)]
pub struct PermissionsError {
    path: PathBuf,
    cause: io::Error,
}

impl Permissions {
    /// Reads `access.json` of every client in the folder of the contracts.
    pub fn read(contracts: &Path) -> Result<Self, PermissionsError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |cause| PermissionsError { path, cause }
        };
        let mut permissions = Self::default();
        for client in fs::read_dir(contracts).map_err(at(contracts))? {
            let path = client.map_err(at(contracts))?.path().join("access.json");
            if !path.exists() {
                continue;
            }
            let text = fs::read(&path).map_err(at(&path))?;
            let filter: Filter = serde_json::from_slice(&text).map_err(|error| at(&path)(error.into()))?;
            for (issuer, policy) in filter.rules.policies {
                let rpcs = policy.permissions.into_iter().map(|it| it.url_path.path.exact);
                let rpcs = rpcs.map(|path| path.trim_start_matches('/').to_owned());
                permissions.0.insert(issuer, Permitted::These(rpcs.collect()));
            }
        }
        Ok(permissions)
    }

    /// Permits a BFF to call every RPC.
    #[must_use]
    pub fn with_all(mut self, issuer: &str) -> Self {
        self.0.insert(issuer.to_owned(), Permitted::All);
        self
    }

    /// Fails unless the BFF may call the RPC.
    pub(crate) fn check(&self, issuer: &str, rpc: &str) -> Result<(), Refusal> {
        let is_permitted = match self.0.get(issuer) {
            Some(Permitted::All) => true,
            Some(Permitted::These(rpcs)) => rpcs.contains(rpc),
            None => false,
        };
        let problem = || format!("{issuer} may not call {rpc}: no plan of its client needs it");
        is_permitted
            .then_some(())
            .ok_or_else(|| Refusal::new(Code::PermissionDenied, "RPC_NOT_PERMITTED", problem()))
    }
}

impl fmt::Display for PermissionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.cause)
    }
}

impl std::error::Error for PermissionsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// The part of Envoy's RBAC filter that such a file uses.
#[derive(Deserialize)]
struct Filter {
    rules: Rules,
}

#[derive(Deserialize)]
struct Rules {
    policies: BTreeMap<String, Policy>,
}

#[derive(Deserialize)]
struct Policy {
    permissions: Vec<Permission>,
}

#[derive(Deserialize)]
struct Permission {
    url_path: UrlPath,
}

#[derive(Deserialize)]
struct UrlPath {
    path: Exact,
}

#[derive(Deserialize)]
struct Exact {
    exact: String,
}
