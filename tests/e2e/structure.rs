//! Dependencies run one way, and async-graphql stays at the version that conforms to the specification.

mod modules;

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Each member of the workspace, with the members it may depend on.
const ALLOWED: [(&str, &[&str]); 31] = [
    ("admission", &[]),
    ("allocator", &[]),
    ("bff-macros", &[]),
    ("proto", &["rpc", "rpc-build"]),
    ("rpc-shape", &[]),
    ("rpc-build", &["rpc-shape"]),
    ("endpoints", &[]),
    ("rpc", &[]),
    ("fetch", &["bff-macros", "endpoints", "rpc"]),
    (
        "gateway",
        &[
            "admission",
            "fetch",
            "identity",
            "operation",
            "quota",
            "registry",
            "resolver",
            "store",
            "telemetry",
        ],
    ),
    ("identity", &["store"]),
    ("operation", &["rpc"]),
    ("contracts", &["operation"]),
    ("quota", &["store"]),
    ("resolver", &["fetch", "identity", "operation"]),
    ("registry", &["operation", "resolver"]),
    ("store", &[]),
    ("telemetry", &["connections", "endpoints", "fetch"]),
    ("connections", &[]),
    ("settings", &[]),
    (
        "bff-kit",
        &[
            "admission",
            "allocator",
            "bff-macros",
            "connections",
            "contracts",
            "endpoints",
            "fetch",
            "gateway",
            "identity",
            "operation",
            "quota",
            "registry",
            "resolver",
            "settings",
            "store",
            "telemetry",
        ],
    ),
    ("bff-test", &["bff-kit", "contracts", "endpoints", "operation", "rpc-shape"]),
    ("downstream", &["fetch", "proto"]),
    ("bff-mobile", &["bff-kit", "downstream", "fetch", "proto"]),
    ("bff-web", &["bff-kit", "downstream", "fetch", "proto"]),
    ("bff-iot", &["bff-kit", "downstream", "fetch", "proto"]),
    ("domain-stubs", &["proto"]),
    ("boutique", &["bff-kit", "bff-test", "fetch", "rpc", "rpc-build"]),
    ("first-bff", &["bff-kit", "bff-test", "fetch", "rpc", "rpc-build"]),
    (
        "playground",
        &[
            "bff-iot",
            "bff-kit",
            "bff-mobile",
            "bff-web",
            "contracts",
            "domain-stubs",
            "fetch",
            "operation",
            "proto",
        ],
    ),
    (
        "tests",
        &[
            "allocator",
            "bff-iot",
            "bff-kit",
            "bff-mobile",
            "bff-test",
            "bff-web",
            "contracts",
            "domain-stubs",
            "downstream",
            "endpoints",
            "fetch",
            "operation",
            "proto",
            "rpc",
            "rpc-build",
        ],
    ),
];

fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).other_options(vec!["--locked".to_owned()]).exec().unwrap()
}

#[test]
fn dependencies_run_one_way() {
    let metadata = metadata();
    let members: BTreeSet<_> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let allowed: BTreeMap<_, BTreeSet<_>> =
        ALLOWED.iter().map(|(name, to)| (*name, to.iter().copied().collect())).collect();
    for package in metadata.workspace_packages() {
        let allowed = allowed.get(package.name.as_str());
        let allowed = allowed.unwrap_or_else(|| panic!("say what {} may depend on", package.name));
        for dependency in package.dependencies.iter().filter(|it| members.contains(&it.name)) {
            // A crate that calls services may be tested against the stubs.
            let tested = dependency.kind == DependencyKind::Development && dependency.name == "domain-stubs";
            assert!(
                tested || allowed.contains(dependency.name.as_str()),
                "{} must not depend on {}",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn only_the_edge_speaks_http_and_only_bffs_speak_graphql() {
    let metadata = metadata();
    let forbidden = [
        ("admission", &["async-graphql", "axum", "http", "hyper", "tonic"][..]),
        ("rpc", &["async-graphql", "axum", "tokio", "tonic"]),
        ("operation", &["axum", "futures-util", "hyper", "moka", "tokio", "tonic"]),
        ("contracts", &["axum", "fetch", "tokio", "tonic"]),
        ("fetch", &["async-graphql", "axum", "proto"]),
        ("resolver", &["axum", "hyper", "prost-reflect", "tokio"]),
        ("gateway", &["axum", "hyper"]),
        ("quota", &["async-graphql", "axum", "hyper", "redis", "tonic"]),
        ("registry", &["axum", "fetch", "hyper"]),
        ("telemetry", &["async-graphql", "schemars"]),
        ("connections", &["async-graphql", "metrics", "tonic"]),
        ("endpoints", &["async-graphql", "axum", "prost"]),
        ("bff-kit", &["prost-reflect"]),
        ("downstream", &["async-graphql", "axum"]),
        ("bff-mobile", &["axum", "tonic", "hyper"]),
        ("bff-web", &["axum", "tonic", "hyper"]),
        ("bff-iot", &["axum", "tonic", "hyper"]),
        ("domain-stubs", &["async-graphql"]),
    ];
    for (member, forbidden) in forbidden {
        let packages = metadata.workspace_packages();
        let package = packages.iter().find(|package| package.name == member).unwrap();
        for dependency in &package.dependencies {
            let used = dependency.kind == DependencyKind::Normal;
            assert!(
                !(used && forbidden.contains(&dependency.name.as_str())),
                "{member} must not use {}",
                dependency.name
            );
        }
    }
}

/// Review is a feature of the binaries: without it, none of its dependencies is built.
#[test]
fn a_binary_that_only_serves_pulls_in_nothing_that_review_needs() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let packages = |arguments: &[&str]| {
        let tree = std::process::Command::new(env!("CARGO"))
            .args([
                "tree",
                "--locked",
                "--offline",
                "--edges",
                "normal",
                "--prefix",
                "none",
                "--format",
                "{p}",
            ])
            .args(["--manifest-path", manifest])
            .args(arguments)
            .output()
            .unwrap();
        assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
        let text = String::from_utf8(tree.stdout).unwrap();
        text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    for bff in ["bff-mobile", "bff-web", "bff-iot"] {
        let reviews = packages(&["--package", bff]);
        let serves = packages(&["--package", bff, "--no-default-features"]);
        for package in ["contracts", "prost-reflect"] {
            assert!(reviews.contains(package) && !serves.contains(package), "{bff}: {package}");
        }
    }
}

#[test]
fn every_version_stands_in_the_workspace_manifest_alone() {
    for package in metadata().workspace_packages() {
        let (member, path) = (&package.name, &package.manifest_path);
        let manifest = std::fs::read_to_string(path).unwrap();
        let mut section = "";
        for line in manifest.lines().filter(|line| !line.trim_start().starts_with('#')) {
            if let Some(name) = line.strip_prefix('[') {
                section = name;
            } else if section.contains("dependencies") && !line.trim().is_empty() {
                assert!(
                    line.ends_with(".workspace = true") || line.contains("{ workspace = true,"),
                    "{member}: `{line}` belongs in the workspace's Cargo.toml"
                );
            }
        }
    }
}

#[test]
fn async_graphql_and_its_sisters_are_the_version_that_keeps_the_specification() {
    let metadata = metadata();
    let versions: BTreeSet<_> = metadata
        .packages
        .iter()
        .filter(|package| package.name.starts_with("async-graphql"))
        .map(|package| format!("{} {}", package.name, package.version))
        .collect();
    let expected =
        ["", "-axum", "-derive", "-parser", "-value"].map(|it| format!("async-graphql{it} 7.0.19"));
    assert_eq!(versions, expected.into_iter().collect());
}

/// async-graphql maps every integer type of Rust to `Int`, which has 32 bits.
#[test]
fn no_field_of_a_schema_is_a_number_that_may_be_no_int() {
    let mut fields = 0;
    for member in ["bff-mobile", "bff-web", "bff-iot"] {
        let folder = format!("{}/../{member}/src", env!("CARGO_MANIFEST_DIR"));
        let schema =
            std::fs::read_dir(format!("{folder}/schema")).unwrap().map(|entry| entry.unwrap().path());
        for file in schema.chain([format!("{folder}/schema.rs").into()]) {
            let source = std::fs::read_to_string(&file).unwrap();
            for line in source.lines().map(str::trim) {
                // The lines of interest are return types of resolvers, and fields of objects and input objects.
                let answers =
                    line.strip_prefix("async fn").and_then(|it| it.split_once("-> ")).map(|it| it.1);
                let holds = line.strip_suffix(',').and_then(|it| it.split_once(": ")).map(|it| it.1);
                let Some(ty) = answers.or(holds) else { continue };
                fields += 1;
                let words = ty.split(|it: char| !it.is_alphanumeric()).collect::<Vec<_>>();
                let wide = ["i64", "i128", "isize", "u32", "u64", "u128", "usize"];
                let wide = wide.into_iter().find(|it| words.contains(it));
                assert_eq!(wide, None, "{}: {line}", file.display());
            }
        }
    }
    assert!(fields > 200, "{fields}");
}
