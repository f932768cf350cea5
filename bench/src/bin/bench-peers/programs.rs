//! The programs that are started, all built in release mode.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use serde::Deserialize;
use tokio::process::Command;

/// Paths of the programs.
pub struct Programs {
    /// Those of this package, by name.
    own: HashMap<String, PathBuf>,
    /// The phone's BFF.
    pub bff: PathBuf,
    /// Folder of the servers on Node; `None` if there is no Node.
    pub node: Option<PathBuf>,
}

/// A message of `cargo build`.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
}

impl Programs {
    /// Builds the programs of this package and the BFF, and installs the packages of Node.
    pub async fn build(bench: &Path, root: &Path, with_node: bool) -> anyhow::Result<Self> {
        let own = build(&bench.join("Cargo.toml"), &["--bins"]).await?;
        let bff = build(&root.join("Cargo.toml"), &["--bin", "bff-mobile"]).await?;
        let bff = bff.into_values().next().context("cargo built no bff-mobile")?;
        let node = if with_node { node(&bench.join("node")).await? } else { None };
        Ok(Self { own, bff, node })
    }

    /// Returns a program of this package.
    pub fn of(&self, name: &str) -> anyhow::Result<PathBuf> {
        self.own.get(name).cloned().with_context(|| format!("cargo built no {name}"))
    }
}

/// Builds programs in release mode; returns them by name.
async fn build(manifest: &Path, wanted: &[&str]) -> anyhow::Result<HashMap<String, PathBuf>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // What `cargo run` tells this program of its own package would make others build again.
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|own| name.to_string_lossy().starts_with(own)) {
            command.env_remove(name);
        }
    }
    let output = command
        .args(["build", "--release", "--message-format", "json-render-diagnostics", "--manifest-path"])
        .arg(manifest)
        .args(wanted)
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output()
        .await?;
    anyhow::ensure!(output.status.success(), "{} does not build", manifest.display());
    let messages = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let executables = messages.filter_map(|line| serde_json::from_slice::<Message>(line).ok()?.executable);
    Ok(executables
        .filter_map(|path| Some((path.file_stem()?.to_string_lossy().into_owned(), path)))
        .collect())
}

/// Installs the packages of the servers on Node; returns their folder, or `None` if there is no Node.
async fn node(folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    let version = Command::new("node").arg("--version").output().await;
    let Ok(version) = version.map(|it| String::from_utf8_lossy(&it.stdout).trim().to_owned()) else {
        println!("There is no Node: yoga, Apollo Server and mercurius are left out.");
        return Ok(None);
    };
    let lock = std::fs::metadata(folder.join("package-lock.json"))?.modified()?;
    let installed =
        std::fs::metadata(folder.join("node_modules/.package-lock.json")).and_then(|it| it.modified());
    if installed.is_ok_and(|installed| installed >= lock) {
        return Ok(Some(folder.to_owned()));
    }
    println!("Node {version}: npm ci");
    let mut npm = Command::new("npm");
    let status =
        npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder).kill_on_drop(true).status().await;
    if !status.is_ok_and(|status| status.success()) {
        println!("`npm ci` failed: yoga, Apollo Server and mercurius are left out.");
        return Ok(None);
    }
    Ok(Some(folder.to_owned()))
}
