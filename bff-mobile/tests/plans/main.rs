//! Tests of the commands by which a team reads, checks and compares plans and registers a release, on copies of its
//! folder.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod releases;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use domain_stubs::{Domain, Options, Services};

use releases::manifest;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/mobile");

/// Runs a command of the phone app's BFF on a folder of contracts.
fn bff(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bff-mobile"));
    command.args(arguments).arg("--schema").arg(folder).stdin(Stdio::null());
    command.output().unwrap()
}

/// Returns the output of a command that succeeds.
fn printed(arguments: &[&str], folder: &Path) -> String {
    let output = bff(arguments, folder);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the complaint of a command that fails without output.
fn complaint(arguments: &[&str], folder: &Path) -> String {
    let (printed, said) = failed(arguments, folder);
    assert_eq!(printed, "");
    said
}

/// Returns the output and the complaint of a command that fails.
fn failed(arguments: &[&str], folder: &Path) -> (String, String) {
    let output = bff(arguments, folder);
    assert_ne!(output.status.code(), Some(0), "{arguments:?}");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

/// Returns a copy of the contracts, to change. The plans in it are written from its operations, whatever is committed.
fn copy() -> (tempfile::TempDir, PathBuf) {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target);
            } else {
                std::fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("mobile");
    copy(Path::new(SCHEMA), &folder);
    printed(&["plan", "--write"], &folder);
    (parent, folder)
}

fn replace(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{} does not say {from}", file.display());
    std::fs::write(file, text.replace(from, to)).unwrap();
}

#[test]
fn explain_prints_the_committed_plan_and_a_line_for_each_operation() {
    let (_parent, folder) = copy();
    let schema = folder.as_path();
    let plan = std::fs::read_to_string(schema.join("plans/Home.plan")).unwrap();
    let explained = printed(&["explain", "Home"], schema);
    let policies = explained.strip_prefix(&plan).expect("the plan, without colours in a pipe");
    assert!(policies.starts_with("\npolicies\n  MyCart "), "{policies}");
    let row = "  Recommended      400 ms at most, 2 retries, 100 at a time, left out first under pressure\n";
    assert!(policies.contains(row), "{policies}");
    let all = printed(&["explain"], schema);
    let home = all.lines().find(|line| line.starts_with("Home ")).unwrap();
    assert!(home.contains("2 waves, 6 calls, 1200 ms"), "{home}");
    let json: serde_json::Value =
        serde_json::from_str(&printed(&["explain", "Home", "--json"], schema)).unwrap();
    assert_eq!(json["total"]["calls"], 6);
    assert_eq!(json["failures"][0]["staleS"], 0);
    let unknown = complaint(&["explain", "Hom"], schema);
    assert!(unknown.contains("Hom is neither a file nor an operation; there are: Badges, "), "{unknown}");
}

#[test]
fn explain_takes_any_file_and_any_operation_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.graphql");
    std::fs::write(&file, "query One { categories { name } } query Other { home { cartCount } }").unwrap();
    let file = file.to_str().unwrap();
    let schema = Path::new(SCHEMA);
    let other = printed(&["explain", file, "--operation", "Other"], schema);
    assert!(other.starts_with("query Other of mobile") && other.contains("CartService/GetCart"), "{other}");
    let both = complaint(&["explain", file], schema);
    assert!(both.contains("or several and"), "{both}");
}

/// Starts the services, which run for as long as the runtime is kept. Returns the runtime and their address.
fn domain() -> (tokio::runtime::Runtime, String) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let upstream = format!("http://{}", listener.local_addr().unwrap());
    let domain = Domain::open(Options::default()).unwrap();
    runtime.spawn(async move { domain.serve(listener, Services::all(), std::future::pending()).await });
    (runtime, upstream)
}

#[test]
fn explain_can_run_an_operation_and_print_what_was_observed_beside_what_was_planned() {
    let (_running, upstream) = domain();
    let schema = Path::new(SCHEMA);
    let analyze = |arguments: &[&str]| {
        let common = ["--analyze", "--mode", "development", "--upstream", &upstream];
        printed(&[&["explain"], arguments, &common].concat(), schema)
    };
    let text = analyze(&["Home", "--user", "user-ada-lindqvist"]);
    let (plan, observed) = text.split_once("\nobserved\n").unwrap();
    assert_eq!(plan.trim_end(), printed(&["explain", "Home"], schema).trim_end());
    for line in [
        "  answer  ",
        " planned at most\n",
        "  wave 1, over after ",
        " ms of 500 ms planned\n",
        "    MyCart                 1 of 1 keys, from ",
        " ms, 500 ms planned, ",
        "  wave 2, over after ",
        "    PriceOf                5 of 5 keys, from ",
        " bytes, for home.recommended.price\n",
    ] {
        assert!(observed.contains(line), "{line}: {observed}");
    }
    let text = analyze(&["Home", "--user", "user-ada-lindqvist", "--variables", "{\"recommended\": 2}"]);
    assert!(text.contains("    PriceOf                2 of 5 keys, from "), "{text}");
    // Nobody has signed in, and no service listens.
    let down = ["explain", "Home", "--analyze", "--mode", "development", "--upstream", "http://127.0.0.1:1"];
    let (text, said) = failed(&down, schema);
    assert_eq!(said, "bff-mobile: 1 of 1 call failed: Recommended (Unavailable)\n");
    for line in [
        "    MyCart                 not made, for home.cartCount\n",
        ", failed: Unavailable, for home.recommended\n",
        "  wave 2, nothing was called, 1200 ms planned\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[test]
fn check_names_the_line_of_the_plan_that_breaks_the_budget() {
    let (_parent, folder) = copy();
    assert!(printed(&["check"], &folder).contains(" operations within plan and budget, "));
    let budget = folder.join("budget.toml");
    replace(&budget, "[query]\nwaves = 2\ncalls = 8", "[query]\nwaves = 1\ncalls = 5");
    let said = complaint(&["check"], &folder);
    let of_home = |what: &str| {
        let line = said.lines().find(|line| line.contains("Home.plan: line ") && line.contains(what));
        line.unwrap_or_else(|| panic!("{what}: {said}")).to_owned()
    };
    let waves = of_home("2 waves, 1 in the budget of queries");
    assert!(
        waves.contains("line 3: ") && waves.contains("PriceOf for home.recommended.price (line "),
        "{waves}"
    );
    let plan = std::fs::read_to_string(folder.join("plans/Home.plan")).unwrap();
    let number: usize = waves.rsplit("(line ").next().unwrap().trim_end_matches(')').parse().unwrap();
    assert_eq!(plan.lines().nth(number - 1), Some("    fetch   PriceOf"));
    let way_out = "\nto let an operation use more: an exemption with its reason in ";
    assert!(said.ends_with(&format!("{way_out}{}\n", budget.display())), "{said}");
    let calls = of_home("6 calls, 5 in the budget of queries");
    assert!(calls.contains("MyCart for home.cartCount (line "), "{calls}");
}

#[test]
fn an_exception_of_the_budget_gives_its_reason_and_is_of_an_operation() {
    let (_parent, folder) = copy();
    let budget = folder.join("budget.toml");
    let tight = std::fs::read_to_string(&budget).unwrap().replace("calls = 8", "calls = 5");
    let with = |exemptions: &str| std::fs::write(&budget, format!("{tight}{exemptions}")).unwrap();
    let home = |reason: &str| format!("\n[exemptions.Home]\nreason = \"{reason}\"\ncalls = 6\n");
    with("");
    let over = complaint(&["check"], &folder);
    assert!(over.contains("Home.plan: line 4: 6 calls, 5 in the budget of queries: "), "{over}");
    with(&home("It is the first thing everybody sees."));
    assert!(!complaint_or_nothing(&folder).contains("Home.plan"));
    with(&home(" "));
    assert!(complaint(&["check"], &folder).contains("the exemption of Home gives no reason"));
    with("\n[exemptions.Hime]\nreason = \"It was renamed.\"\n");
    let stray = "budget.toml: has an exemption for Hime, which is no operation";
    assert!(complaint(&["check"], &folder).contains(stray));
}

/// Returns the complaint of `check`; empty if it has none.
fn complaint_or_nothing(folder: &Path) -> String {
    String::from_utf8(bff(&["check"], folder).stderr).unwrap()
}

#[test]
fn diff_tells_folders_apart_call_by_call_and_for_a_pull_request() {
    let (_parent, folder) = copy();
    replace(
        &folder.join("operations/Home.graphql"),
        "recommended(first: $recommended)",
        "recommended(first: 3)",
    );
    replace(&folder.join("operations/Home.graphql"), "($recommended: Int! = 5)", "");
    let (_before, before) = copy();
    let before = before.to_str().unwrap();
    // `diff` compares the operations as they are: no plan of the change is written yet.
    let text = printed(&["diff", before], &folder);
    assert!(text.starts_with("mobile Home changed\n"), "{text}");
    let prices = "  wave 2: PricingService/BatchGetPrices\n    - keys    at most 5 = $recommended\n    + keys    at most 3\n";
    assert!(text.contains(prices), "{text}");
    assert_eq!(printed(&["diff", before, folder.to_str().unwrap()], Path::new(SCHEMA)), text);
    let markdown = printed(&["diff", before, "--markdown"], &folder);
    assert!(markdown.contains("| **Home** changed |  |  | at most 14 → at most 10 |"), "{markdown}");
    assert_eq!(printed(&["diff", before], Path::new(before)), "mobile: no plan changed\n");

    let unknown = complaint(&["diff", "no-such-revision"], Path::new(SCHEMA));
    assert!(
        unknown.contains("no-such-revision is neither a folder nor a revision that git knows here"),
        "{unknown}"
    );
    replace(&folder.join("operations/Home.graphql"), "cartCount", "cartCounts");
    let wrong = complaint(&["diff", before], &folder);
    assert!(wrong.contains("1 problem\n") && wrong.contains("operations/Home.graphql: line "), "{wrong}");
}

#[test]
fn check_names_the_way_out_and_plan_write_is_it() {
    let (_parent, folder) = copy();
    assert_eq!(printed(&["plan", "--write"], &folder), "bff-mobile: every plan is as its operation is\n");
    replace(
        &folder.join("operations/Home.graphql"),
        "recommended(first: $recommended)",
        "recommended(first: 3)",
    );
    replace(&folder.join("operations/Home.graphql"), "($recommended: Int! = 5)", "");
    std::fs::remove_file(folder.join("plans/Cart.plan")).unwrap();
    std::fs::write(folder.join("plans/Old.plan"), "query Old of mobile\n").unwrap();
    let said = complaint(&["check"], &folder);
    assert!(said.starts_with("bff-mobile: 3 problems\n"), "{said}");
    for problem in ["Cart.plan: is missing\n", "Home.plan: line ", "Old.plan: is the plan of no operation\n"]
    {
        assert!(said.contains(problem), "{said}");
    }
    let command = format!("plan --write --schema {}", folder.display());
    assert!(
        said.ends_with(&format!("\nto have the plans as the operations are now: bff-mobile {command}\n")),
        "{said}"
    );

    let written = printed(&["plan", "--write"], &folder);
    let lines: Vec<_> =
        written.lines().map(|line| line.replace(folder.to_str().unwrap(), "mobile")).collect();
    assert_eq!(
        lines,
        [
            "bff-mobile: wrote mobile/plans/Cart.plan",
            "bff-mobile: wrote mobile/plans/Home.plan",
            "bff-mobile: removed mobile/plans/Old.plan",
        ]
    );
    // An example of a removed variable does no harm.
    let said = complaint_or_nothing(&folder);
    assert_eq!(said, "");

    // An operation that cannot be planned leaves all plans as they are.
    replace(&folder.join("operations/Home.graphql"), "cartCount", "cartCounts");
    replace(&folder.join("operations/Badges.graphql"), "unreadCount", "");
    assert!(complaint(&["plan", "--write"], &folder).starts_with("bff-mobile: 1 problem\n"));
    assert!(std::fs::read_to_string(folder.join("plans/Badges.plan")).unwrap().contains("home.unreadCount"));
}

#[test]
fn the_walk_through_of_the_documentation_ships_an_operation() {
    let (parent, folder) = copy();
    let schema = parent.path().join("schema");
    std::fs::create_dir(&schema).unwrap();
    let mobile = schema.join("mobile");
    std::fs::rename(folder, &mobile).unwrap();

    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md")).unwrap();
    let section = text.split("\n## ").find(|it| it.starts_with("Ship an operation")).unwrap();
    let block = |of: &str| {
        let (_, after) = section.split_once(&format!("```{of}\n")).unwrap_or_else(|| panic!("no {of}"));
        after.split("```").next().unwrap().to_owned()
    };
    std::fs::write(
        mobile.join("operations/Widget.graphql"),
        block("graphql schema/mobile/operations/Widget.graphql"),
    )
    .unwrap();
    let example = block("json schema/mobile/examples.json");
    replace(&mobile.join("examples.json"), "\"Home\": {", &format!("{}, \"Home\": {{", example.trim()));

    let commands = section.lines().filter_map(|line| line.strip_prefix("cargo run -p bff-mobile -- "));
    let mut told = Vec::new();
    for command in commands {
        let arguments = command.split('#').next().unwrap().split_whitespace();
        let mut bff = Command::new(env!("CARGO_BIN_EXE_bff-mobile"));
        let output = bff.args(arguments).current_dir(parent.path()).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        told.push(String::from_utf8(output.stdout).unwrap());
    }
    assert_eq!(told.len(), 3);
    assert_eq!(told[0], "bff-mobile: wrote schema/mobile/plans/Widget.plan\n");
    assert!(told[1].contains(" operations within plan and budget, "), "{}", told[1]);
    let release = told[2].trim().rsplit('/').next().unwrap();
    let names: Vec<_> = manifest(&mobile, release)["operations"].as_array().unwrap().clone();
    assert!(names.iter().any(|operation| operation["name"] == "Widget"), "{names:?}");
}

#[test]
fn impact_wants_descriptors() {
    let said = complaint(&["impact", "no-such-file.binpb", "nor-this.binpb"], Path::new(SCHEMA));
    assert!(said.contains("no-such-file.binpb: "), "{said}");
}

#[test]
fn check_tells_of_every_plan_also_where_one_operation_has_none() {
    let (_parent, folder) = copy();
    replace(&folder.join("operations/Home.graphql"), "query Home", "query Home @unknown");
    replace(&folder.join("plans/Cart.plan"), "query Cart of mobile", "query Cart of nobody");
    let said = complaint(&["check"], &folder);
    assert!(said.contains("operations/Home.graphql: line 2: "), "{said}");
    assert!(said.contains("plans/Cart.plan: line "), "{said}");
    assert!(!said.contains("Home.plan: is the plan of no operation"), "{said}");
}
