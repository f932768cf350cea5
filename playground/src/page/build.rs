//! Builds the page from its sources, once for each state of the sources.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::SystemTime;

use anyhow::{Context as _, bail};
use tokio::process::Command;

use super::bundle::Bundle;

/// Sources of the page, in its folder; its tests are not among them.
const SOURCES: [&str; 6] =
    ["index.html", "package.json", "package-lock.json", "src", "tsconfig.json", "vite.config.ts"];

/// Returns the page for the current state of its sources. An earlier build of the same state is reused.
pub(super) async fn bundle(web: &Path) -> anyhow::Result<Bundle> {
    let folder = web.join("dist");
    let built = folder.join(stamp(web).context("cannot read its sources")?);
    if let Ok(bundle) = Bundle::read(&built) {
        return Ok(bundle);
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let log = folder.join("build.log");
    std::fs::write(&log, "").with_context(|| format!("cannot write {}", log.display()))?;
    let npm = Npm { web, log: &log };
    if !is_installed(web) {
        npm.run("1 of 2, its packages", &["ci"]).await?;
    }
    // The build has a folder of its own, so that another process that serves or builds the page never sees half of it.
    let name = format!("half-{}", std::process::id());
    let half = folder.join(&name);
    let into = format!("dist/{name}");
    npm.run("2 of 2, its files", &["run", "build", "--", "--emptyOutDir", "--outDir", &into]).await?;
    let bundle = Bundle::read(&half).context("the build left no page")?;
    clean(&folder, &half);
    // If another process was faster, its build of the same sources stays.
    if std::fs::rename(&half, &built).is_err() {
        let _removed = std::fs::remove_dir_all(&half);
    }
    Ok(bundle)
}

/// Returns a name for the state of the sources.
fn stamp(web: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    for name in SOURCES {
        files_below(&web.join(name), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(web).unwrap_or(&file).hash(&mut hasher);
        std::fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn files_below(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        files_below(&entry?.path(), files)?;
    }
    Ok(())
}

/// Returns true if npm has installed the versions of the lock file, which it records in a file of its own.
fn is_installed(web: &Path) -> bool {
    let changed = |path: &str| -> Option<SystemTime> { web.join(path).metadata().ok()?.modified().ok() };
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}

/// Removes the builds of older sources.
fn clean(folder: &Path, keep: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_half = entry.file_name().to_string_lossy().starts_with("half-");
        if path.is_dir() && path != keep && !is_half {
            // A folder that cannot be removed does no harm.
            let _removed = std::fs::remove_dir_all(path);
        }
    }
}

struct Npm<'a> {
    web: &'a Path,
    log: &'a Path,
}

impl Npm<'_> {
    /// Runs an npm command to its end, or until this process ends.
    async fn run(&self, step: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let log = || std::fs::OpenOptions::new().append(true).open(self.log);
        let mut command = Command::new("npm");
        command.args(arguments).current_dir(self.web).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(log()?).stderr(log()?);
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == io::ErrorKind::NotFound => bail!("there is no Node here"),
            Err(error) => return Err(error).context("cannot run npm"),
        };
        let shown = arguments[..arguments.len().min(2)].join(" ");
        tracing::info!("building the page with GraphiQL, once: {step} (npm {shown})");
        if !child.wait().await.context("cannot wait for npm")?.success() {
            bail!("npm {shown} failed, see {}", self.log.display());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> tempfile::TempDir {
        let web = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(web.path().join("src/deep")).unwrap();
        for file in SOURCES.iter().filter(|it| **it != "src") {
            std::fs::write(web.path().join(file), "{}").unwrap();
        }
        std::fs::write(web.path().join("src/deep/main.ts"), "1").unwrap();
        web
    }

    #[test]
    fn every_change_of_the_sources_changes_the_stamp() {
        let web = sources();
        let first = stamp(web.path()).unwrap();
        std::fs::write(web.path().join("README.md"), "not built").unwrap();
        assert_eq!(stamp(web.path()).unwrap(), first);
        for file in ["src/deep/main.ts", "package-lock.json", "src/new.ts"] {
            let before = stamp(web.path()).unwrap();
            std::fs::write(web.path().join(file), file).unwrap();
            assert_ne!(stamp(web.path()).unwrap(), before, "{file}");
        }
    }

    #[tokio::test]
    async fn an_earlier_build_of_the_same_sources_is_reused() {
        let web = sources();
        let built = web.path().join("dist").join(stamp(web.path()).unwrap());
        std::fs::create_dir_all(built.join("assets")).unwrap();
        std::fs::write(built.join("index.html"), "<!doctype html>").unwrap();
        std::fs::write(built.join("assets/main.js"), "1").unwrap();
        let bundle = bundle(web.path()).await.unwrap();
        assert_eq!(bundle.file("assets/main.js").unwrap().content_type, "text/javascript; charset=utf-8");
        assert!(bundle.file("../package.json").is_none());
    }
}
