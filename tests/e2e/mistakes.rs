//! Each file in `tests/mistakes/` makes one mistake that an author of a BFF can make. The compiler must reject it, with the
//! messages in the file beside it.
//!
//! The files are compiled against the libraries of this build. `trybuild` would check all dependencies once more.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use cargo_metadata::Message;

use crate::support::assert_same_as_file;

/// Crates that the files name.
const CRATES: [&str; 5] = ["async_graphql", "bff_kit", "downstream", "fetch", "proto"];

#[test]
fn the_compiler_rejects_each_mistake_and_says_what_to_do() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let dependencies = env::current_exe().unwrap().parent().unwrap().to_path_buf();
    let (out, libraries) = (tempfile::tempdir().unwrap(), libraries(&root));
    assert_eq!(libraries.len(), CRATES.len(), "{libraries:?}");
    let mut files: Vec<PathBuf> = ["change", "fetch", "object"]
        .iter()
        .flat_map(|folder| fs::read_dir(root.join("tests/mistakes").join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    assert!(files.len() > 30, "{}", files.len());
    for file in files {
        let file = file.strip_prefix(&root).unwrap();
        let mut rustc = Command::new("rustc");
        rustc.current_dir(&root).args([
            "--edition=2024",
            "--crate-type=lib",
            "--emit=metadata",
            "--cap-lints=allow",
        ]);
        rustc
            .arg("--out-dir")
            .arg(out.path())
            .arg("-L")
            .arg(format!("dependency={}", dependencies.display()));
        rustc.args(libraries.iter().map(|(name, path)| format!("--extern={name}={path}")));
        let output = rustc.arg(file).output().unwrap();
        assert!(!output.status.success(), "{} compiles", file.display());
        let messages = String::from_utf8(output.stderr).unwrap();
        assert_same_as_file(
            file.with_extension("stderr").to_str().unwrap(),
            &without_places(&messages, &root),
        );
    }
}

/// Returns the libraries that this binary is built of, by the names of their crates.
fn libraries(root: &Path) -> Vec<(String, String)> {
    let arguments = ["test", "--no-run", "--locked", "--message-format=json"];
    let mut cargo = Command::new(env!("CARGO"));
    #[expect(clippy::disallowed_methods, reason = "what cargo tells a test, which is no configuration")]
    let variables = env::vars();
    // The variables by which `cargo test` tells of the package would make build scripts run again, and everything after them:
    // this binary, too, which other tests start while it is replaced.
    let of_package = |name: &str| {
        ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.starts_with(prefix))
            || ["LD_LIBRARY_PATH", "OUT_DIR"].contains(&name)
    };
    for (name, _) in variables.filter(|(name, _)| of_package(name)) {
        cargo.env_remove(name);
    }
    let cargo = cargo.current_dir(root).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut cargo = cargo.spawn().unwrap();
    let messages = Message::parse_stream(BufReader::new(cargo.stdout.take().unwrap()));
    let found = messages.filter_map(|message| {
        let Message::CompilerArtifact(artifact) = message.unwrap() else { return None };
        let name = artifact.target.name.replace('-', "_");
        let library = artifact.filenames.iter().find(|path| path.extension() == Some("rlib"))?;
        CRATES.contains(&name.as_str()).then(|| (name, library.to_string()))
    });
    let found = found.collect();
    assert!(cargo.wait().unwrap().success());
    found
}

/// Returns the messages without what lies outside of the file: code that the compiler points to elsewhere, in places that
/// differ from machine to machine.
fn without_places(messages: &str, root: &Path) -> String {
    let root = format!("{}/", fs::canonicalize(root).unwrap().display());
    let mut lines = Vec::new();
    let mut elsewhere = false;
    for line in messages.lines() {
        let line = line.replace(&root, "");
        let place = line.trim_start();
        if place.starts_with("--> ") || place.starts_with("::: ") {
            elsewhere = !place.contains("tests/mistakes/");
        } else if !line.starts_with([' ', '.'])
            && !line.trim_start().starts_with(|it: char| it.is_ascii_digit())
        {
            elsewhere = false;
        }
        if !elsewhere {
            lines.push(line);
        }
    }
    lines.join("\n")
}
