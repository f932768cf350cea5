//! The command `explain`: prints the calls that an operation makes to the services.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_graphql::Variables;
use clap::Args;
use fetch::Policies;
use gateway::{Analysis, Explain as Told, GraphqlRequest, MadeCall, RateLimits, Replays};
use identity::{Clock, Principal, Scopes};
use operation::{Plan, PlannedCall};

use contracts::Folder;
use contracts::commands::{FolderArgument, counted};

use super::{Failure, Settings, binary, configuration, print};
use crate::any_client::AnyClient;
use crate::config::Mode;
use crate::server::{GatewaySetup, credentials, gateway};
use telemetry::Health;

/// `explain`
#[derive(Args)]
pub(super) struct Explain {
    /// Name of an operation of the client, or a file that holds any; all of the client's when left out
    operation: Option<String>,
    /// Name of the operation, where the file holds several
    #[arg(long = "operation", value_name = "NAME", requires = "operation")]
    name: Option<String>,
    /// Print the plan as JSON, for tools
    #[arg(long)]
    json: bool,
    /// Run the operation against the services as well, and print the observed calls beside the planned ones
    #[arg(long)]
    analyze: bool,
    /// Variables to run it with, as JSON, or `@FILE` that holds them; those of `examples.json` when left out
    #[arg(long, value_name = "JSON", requires = "analyze")]
    variables: Option<String>,
    /// User in whose name to run it, such as `user-ada-lindqvist`, with the scopes that it needs; nobody's when left out
    #[arg(long, value_name = "ID", requires = "analyze", conflicts_with = "device")]
    user: Option<String>,
    /// Device in whose name to run it, such as `shelf-0001`
    #[arg(long, value_name = "ID", requires = "analyze")]
    device: Option<String>,
    #[command(flatten)]
    folder: FolderArgument,
    #[command(flatten)]
    settings: Settings,
}

/// The outcome of running an operation.
struct Run {
    /// Size of the answer, in bytes.
    bytes: usize,
    analysis: Analysis,
    /// Messages of the errors in the answer.
    errors: Vec<String>,
}

impl Explain {
    pub(super) fn run(self, client: AnyClient) -> Result<(), Failure> {
        let preparer = (binary(client).preparer)();
        let contracts = self.folder.folder(&binary(client));
        let Some(operation) = &self.operation else {
            let plans = contracts.planned(&preparer);
            let plans = plans.map_err(|problems| self.folder.failure(&binary(client), &problems))?;
            print(&if self.json { json(&plans)? } else { overview(&plans) });
            return Ok(());
        };
        let text = document(operation, &contracts)?;
        let plan = preparer.plan_named(&text, self.name.as_deref());
        let plan = plan.map_err(|none| Failure::Other(format!("{operation}: {none}")))?;
        let told = || shown(&(plan.to_string() + &policies(&plan, &preparer.policies)));
        if !self.analyze {
            print(&if self.json { json(&plan)? } else { told() });
            return Ok(());
        }
        let as_json = self.json;
        let Run { bytes, analysis, errors } = self.execute(client, text, &plan)?;
        if as_json {
            print(&json(&serde_json::json!({ "plan": plan, "observed": analysis }))?);
        } else {
            print(&told());
            print(&shown(&beside(&plan, &analysis, bytes)));
        }
        failed(&analysis, &errors).map_or(Ok(()), |problem| Err(Failure::Other(problem)))
    }

    /// Runs the operation.
    fn execute(self, client: AnyClient, query: String, plan: &Plan) -> Result<Run, Failure> {
        let variables = self.variables(client)?;
        let principal = self.principal(plan);
        let mut settings = self.settings;
        settings.mode.get_or_insert_with(|| "development".to_owned());
        let (layers, config) = configuration(client, settings)?;
        if config.mode != Mode::Development {
            return Err(Failure::Usage("--analyze needs mode development".to_owned()));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::Other(format!("the runtime did not start: {error}")))?;
        runtime.block_on(async {
            let services = crate::server::services(&config).map_err(|error| layers.locate(error))?;
            let setup = GatewaySetup {
                clock: Clock::default(),
                log: Arc::default(),
                health: Health::unseen(),
                replays: Replays::none(),
                rate_limits: RateLimits::default(),
                credentials: credentials(&config, &client, false).map_err(|it| layers.locate(it))?,
            };
            let gateway = gateway(client, &config, &services, setup);
            let gateway = Arc::new(gateway);
            let request = GraphqlRequest {
                query: Some(query),
                operation_name: self.name,
                variables,
                explain: Told::Analyze,
                ..GraphqlRequest::default()
            };
            let answer =
                gateway.answer(request, std::future::ready(Ok(principal)), true, &Arc::default()).await;
            let errors = &answer.response.errors;
            if answer.rejected {
                let texts: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
                return Err(Failure::Other(format!("rejected: {}", texts.join("; "))));
            }
            let data = match &answer.data {
                Some(data) => data.to_vec(),
                None => serde_json::to_vec(&answer.response.data).unwrap_or_default(),
            };
            let analysis =
                answer.analysis.clone().ok_or_else(|| Failure::Other("nothing was observed".to_owned()))?;
            let errors = errors.iter().map(|error| error.message.clone()).collect();
            Ok(Run { bytes: data.len() + "{\"data\":}".len(), analysis, errors })
        })
    }

    fn variables(&self, client: AnyClient) -> Result<Variables, Failure> {
        let Some(variables) = &self.variables else {
            let examples = self.folder.folder(&binary(client)).examples().unwrap_or_default();
            let example = self.operation.as_ref().and_then(|operation| examples.get(operation));
            return Ok(example
                .map(|example| Variables::from_json(example.variables.clone()))
                .unwrap_or_default());
        };
        let text = match variables.strip_prefix('@') {
            Some(file) => std::fs::read_to_string(PathBuf::from(file))
                .map_err(|error| Failure::Usage(format!("--variables: {file}: {error}")))?,
            None => variables.clone(),
        };
        let json: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| Failure::Usage(format!("--variables: {error}")))?;
        if json.is_object() {
            Ok(Variables::from_json(json))
        } else {
            Err(Failure::Usage("--variables: must be a JSON object".to_owned()))
        }
    }

    /// Returns the principal to run it for, with all scopes that the operation needs.
    fn principal(&self, plan: &Plan) -> Principal {
        let principal = match (&self.user, &self.device) {
            (Some(user), _) => Principal::of_user(user.as_str()),
            (None, Some(device)) => Principal::of_device(device.as_str()),
            (None, None) => Principal::anonymous(),
        };
        let scopes = plan.requires.iter().flat_map(|it| &it.scopes).map(String::as_str);
        principal.with_scopes(Scopes::of(scopes).unwrap_or_default())
    }
}

/// Returns the document of an operation of the client, or of a file.
fn document(operation: &str, contracts: &Folder) -> Result<String, Failure> {
    // A file can be explained without operations of a client, so an error about those comes last.
    let known = contracts.operations();
    let found = known.iter().flatten().find(|it| it.name == operation);
    if let Some(found) = found {
        return Ok(found.text.clone());
    }
    let path = Path::new(operation);
    if path.is_file() {
        let text = std::fs::read_to_string(path);
        return text.map_err(|error| Failure::Other(format!("{operation}: {error}")));
    }
    let known = known.map_err(|error| Failure::Usage(format!("{operation} is no file, and {error}")))?;
    let names: Vec<_> = known.iter().map(|it| it.name.as_str()).collect();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Err(Failure::Usage(format!("{operation} is neither a file nor an operation; there are: {known}")))
}

/// Returns one line for each operation.
fn overview(plans: &[Plan]) -> String {
    let width = plans.iter().map(|plan| plan.operation.len()).max().unwrap_or_default();
    let mut text = String::new();
    for plan in plans {
        let total = &plan.total;
        let waves: Vec<_> = plan.waves.iter().map(ToString::to_string).collect();
        let _written = writeln!(
            text,
            "{:width$}  {}, {}, {} ms, {} bytes  {}",
            plan.operation,
            counted(total.waves, "wave"),
            counted(total.calls, "call"),
            total.time_ms,
            total.bytes,
            waves.join(" → ")
        );
    }
    text
}

/// Returns the row of the policy table for each call of a plan.
fn policies(plan: &Plan, policies: &Policies) -> String {
    let calls = plan.waves.iter().flat_map(|wave| &wave.calls).chain(&plan.later);
    let names: BTreeSet<_> = calls.map(|call| call.name.as_str()).collect();
    let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
    let rows = names.into_iter().filter_map(|name| Some((name, policies.get(name)?)));
    rows.fold("\npolicies\n".to_owned(), |mut text, (name, policy)| {
        let _written = writeln!(text, "  {name:width$}  {policy}");
        text
    })
}

/// Returns a text that sets the observed calls beside the planned ones.
fn beside(plan: &Plan, analysis: &Analysis, bytes: usize) -> String {
    let mut text = format!(
        "\nobserved\n  time    {} of {} ms planned at worst\n  answer  {bytes} bytes of {} planned at most\n",
        ms(analysis.took_us),
        plan.total.time_ms,
        plan.total.bytes
    );
    let mut left: Vec<_> = analysis.calls.iter().collect();
    for (index, wave) in plan.waves.iter().enumerate() {
        let (lines, over) = observed(&wave.calls, &mut left);
        let over =
            over.map_or("nothing was called,".to_owned(), |over| format!("over after {} of", ms(over)));
        let _written = write!(text, "\n  wave {}, {over} {} ms planned\n{lines}", index + 1, wave.until_ms);
    }
    if !plan.later.is_empty() {
        let _written = write!(text, "\n  afterwards\n{}", observed(&plan.later, &mut left).0);
    }
    for it in left {
        let _written = writeln!(text, "  outside of the plan: {} with {} keys", it.name, it.keys);
    }
    text
}

/// Returns the description of what failed in a run; `None` if nothing did. A call that finds nothing has not failed.
fn failed(analysis: &Analysis, errors: &[String]) -> Option<String> {
    let failure = |call: &MadeCall| call.failure.clone().filter(|failure| failure != "NotFound");
    let failed: Vec<_> = analysis.calls.iter().filter_map(|call| Some((call.name, failure(call)?))).collect();
    if failed.is_empty() {
        return (!errors.is_empty()).then(|| format!("the answer has errors: {}", errors.join("; ")));
    }
    let calls: Vec<_> = failed.iter().map(|(name, failure)| format!("{name} ({failure})")).collect();
    let made = counted(analysis.calls.len() as u64, "call");
    Some(format!("{} of {made} failed: {}", failed.len(), calls.join(", ")))
}

/// Returns true if a call that was made is this planned one, or one of several that the planned one takes.
fn is_of(made: &MadeCall, planned: &PlannedCall) -> bool {
    made.slot == planned.slot && made.name == planned.name
}

/// Returns one line for each call that was made of these planned ones, and the time at which the last of them ended.
fn observed(planned: &[PlannedCall], left: &mut Vec<&MadeCall>) -> (String, Option<u64>) {
    let (mut text, mut over) = (String::new(), None);
    for call in planned {
        let made: Vec<_> = match call.slot {
            Some(_) => left.extract_if(.., |made| is_of(made, call)).collect(),
            // Commands have no slot: the first that was sent is the first that was planned.
            None => {
                left.iter().position(|made| is_of(made, call)).map(|at| left.remove(at)).into_iter().collect()
            }
        };
        let fields = call.fields.join(", ");
        if made.is_empty() {
            let _written = writeln!(text, "    {:<22} not made, for {fields}", call.name);
        }
        for it in made {
            over = over.max(it.end_us);
            let end = it.end_us.map_or("still under way".to_owned(), |end| format!("to {}", ms(end)));
            let answer = it.bytes.map_or(String::new(), |bytes| format!(", {bytes} bytes"));
            let failure = it.failure.as_ref().map_or(String::new(), |failure| format!(", failed: {failure}"));
            let _written = writeln!(
                text,
                "    {:<22} {} of {} keys, from {} {end}, {} ms planned{answer}{failure}, for {fields}",
                call.name,
                it.keys,
                call.keys.most,
                ms(it.start_us),
                call.timeout_ms,
            );
        }
    }
    (text, over)
}

fn ms(micros: u64) -> String {
    format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100)
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n").map_err(|error| Failure::Other(error.to_string()))
}

/// Returns the text, with colours if it goes to a terminal and `NO_COLOR` is not set.
fn shown(text: &str) -> String {
    let plain = !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    if plain { text.to_owned() } else { coloured(text) }
}

/// Returns the text with bold headings, yellow for lines of degraded fields, and red for lines of errors and unplanned
/// calls.
fn coloured(text: &str) -> String {
    text.lines().fold(String::new(), |mut coloured, line| {
        let code = match line {
            _ if line.ends_with("with an error") || line.contains("outside of the plan") => "31",
            _ if line.ends_with("degraded") => "33",
            _ if !line.starts_with(' ') => "1",
            _ if line.starts_with("  ") && !line.starts_with("   ") && line.contains('/') => "36",
            _ => "",
        };
        _ = if code.is_empty() {
            writeln!(coloured, "{line}")
        } else {
            writeln!(coloured, "\x1b[{code}m{line}\x1b[0m")
        };
        coloured
    })
}
