//! `explain`: what an operation does to the services.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use async_graphql::Variables;
use clap::Args;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::plans::Folder;
use super::{Failure, Settings, layers, print};
use crate::client::Client;
use crate::clock::Clock;
use crate::config::{Config, Mode};
use crate::contracts::OperationFile;
use crate::gateway::{Analysis, Explain as Told, Gateway, GraphqlRequest};
use crate::operation::Plan;
use crate::planner::Planner;

/// `explain`
#[derive(Args)]
pub(super) struct Explain {
    /// Name of an operation of the client, or a file that holds any; all of the client's when left out
    operation: Option<String>,
    /// As JSON, for tools
    #[arg(long)]
    json: bool,
    /// Run it against the services as well, and print what was observed beside what was planned
    #[arg(long)]
    analyze: bool,
    /// Variables to run it with, as JSON, or `@FILE` that holds them
    #[arg(long, value_name = "JSON", default_value = "{}", requires = "analyze")]
    variables: String,
    /// Header to run it with, such as `x-user-id: user-ada-lindqvist`
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE", requires = "analyze")]
    headers: Vec<String>,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    settings: Settings,
}

impl Explain {
    pub(super) fn run<C: Client>(self) -> Result<(), Failure> {
        let planner = Planner::of::<C>();
        let contracts = self.folder.contracts::<C>();
        let Some(operation) = &self.operation else {
            let plans = contracts.planned(&planner);
            let plans = plans.map_err(|errors| {
                Failure::Other(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            })?;
            print(&if self.json { json(&plans)? } else { overview(&plans) });
            return Ok(());
        };
        let text = document(operation, &contracts.operations().unwrap_or_default())?;
        let plan = planner.plan(&text).map_err(|none| Failure::Other(format!("{operation}: {none}")))?;
        if !self.analyze {
            print(&if self.json { json(&plan)? } else { shown(&plan.to_string()) });
            return Ok(());
        }
        let as_json = self.json;
        let (answer, analysis) = self.execute::<C>(text)?;
        if as_json {
            print(&json(&serde_json::json!({ "plan": plan, "observed": analysis }))?);
        } else {
            print(&shown(&plan.to_string()));
            print(&shown(&beside(&plan, &analysis, answer)));
        }
        Ok(())
    }

    /// Runs the operation; answers how many bytes came of it, and the calls.
    fn execute<C: Client>(self, query: String) -> Result<(usize, Analysis), Failure> {
        let variables = self.variables()?;
        let headers = self.headers()?;
        let mut settings = self.settings;
        settings.mode.get_or_insert_with(|| "development".to_owned());
        let config = Config::load(&layers::<C>(settings)?)?;
        if config.mode != Mode::Development {
            return Err(Failure::Usage("--analyze needs mode development".to_owned()));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::Other(format!("the runtime did not start: {error}")))?;
        runtime.block_on(async {
            let channels = crate::server::channels(&config, &fetch::tcp())?;
            let gateway = Gateway::<C>::new(&config, channels, Clock::default());
            let caller = C::authenticator(config.mode).authenticate(&headers);
            let caller = caller.map_err(|_| Failure::Usage("the headers sign nobody in".to_owned()))?;
            let request = GraphqlRequest {
                query: Some(query),
                variables,
                explain: Told::Analyze,
                ..GraphqlRequest::default()
            };
            let answer = gateway.answer(request, || Ok(caller), true).await;
            let errors = &answer.response.errors;
            if answer.refused {
                let texts: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
                return Err(Failure::Other(format!("refused: {}", texts.join("; "))));
            }
            let data = serde_json::to_vec(&answer.response.data).unwrap_or_default();
            let analysis =
                answer.analysis.clone().ok_or_else(|| Failure::Other("nothing was observed".to_owned()))?;
            Ok((data.len() + "{\"data\":}".len(), analysis))
        })
    }

    fn variables(&self) -> Result<Variables, Failure> {
        let text = match self.variables.strip_prefix('@') {
            Some(file) => std::fs::read_to_string(PathBuf::from(file))
                .map_err(|error| Failure::Usage(format!("--variables: {file}: {error}")))?,
            None => self.variables.clone(),
        };
        let json: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| Failure::Usage(format!("--variables: {error}")))?;
        if json.is_object() {
            Ok(Variables::from_json(json))
        } else {
            Err(Failure::Usage("--variables: must be a JSON object".to_owned()))
        }
    }

    fn headers(&self) -> Result<HeaderMap, Failure> {
        let header = |line: &String| {
            let (name, value) = line.split_once(':')?;
            let name = HeaderName::try_from(name.trim()).ok()?;
            Some((name, HeaderValue::try_from(value.trim()).ok()?))
        };
        let wrong =
            |line: &String| Failure::Usage(format!("--header: write it as `NAME: VALUE`, not `{line}`"));
        self.headers.iter().map(|line| header(line).ok_or_else(|| wrong(line))).collect()
    }
}

/// The document of an operation of the client, or of a file.
fn document(operation: &str, known: &[OperationFile]) -> Result<String, Failure> {
    if let Some(found) = known.iter().find(|it| it.name == operation) {
        return Ok(found.text.clone());
    }
    let path = Path::new(operation);
    if path.is_file() {
        let text = std::fs::read_to_string(path);
        return text.map_err(|error| Failure::Other(format!("{operation}: {error}")));
    }
    let names: Vec<_> = known.iter().map(|it| it.name.as_str()).collect();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Err(Failure::Usage(format!("{operation} is neither a file nor an operation; there are: {known}")))
}

/// A line for each operation.
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

fn counted(number: u64, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}

/// What was planned beside what was observed.
fn beside(plan: &Plan, analysis: &Analysis, bytes: usize) -> String {
    let ms = |micros: u64| format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100);
    let mut text = format!(
        "\nobserved\n  time    {} of {} ms planned at worst\n  answer  {bytes} bytes of {} planned at most\n",
        ms(analysis.took_us),
        plan.total.time_ms,
        plan.total.bytes
    );
    let mut left: Vec<_> = analysis.calls.iter().collect();
    let planned = plan
        .waves
        .iter()
        .enumerate()
        .flat_map(|(wave, it)| it.calls.iter().map(move |call| (format!("wave {}", wave + 1), call)));
    let later = plan.later.iter().map(|call| ("later".to_owned(), call));
    let mut heading = String::new();
    for (wave, call) in planned.chain(later) {
        if wave != heading {
            let _written = write!(text, "\n  {wave}\n");
            heading = wave;
        }
        let mut made = 0;
        // Of several calls of one kind the plan's first takes the first that was made, as waves do.
        while let Some(at) = left.iter().position(|it| it.name == call.name).filter(|_| made < call.calls) {
            let it = left.remove(at);
            made += 1;
            let end = it.end_us.map_or("still under way".to_owned(), |end| format!("to {}", ms(end)));
            let answer = it.bytes.map_or(String::new(), |bytes| format!(", {bytes} bytes"));
            let fault = it.fault.as_ref().map_or(String::new(), |fault| format!(", failed: {fault}"));
            let _written = writeln!(
                text,
                "    {:<22} {} of {} keys, from {} {end}{answer}{fault}",
                call.name,
                it.keys,
                call.keys.most,
                ms(it.start_us)
            );
        }
        if made == 0 {
            let _written = writeln!(text, "    {:<22} not made", call.name);
        }
    }
    for it in left {
        let _written = writeln!(text, "  outside of the plan: {} with {} keys", it.name, it.keys);
    }
    text
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n").map_err(|error| Failure::Other(error.to_string()))
}

/// The text with colours, where a person looks at it.
fn shown(text: &str) -> String {
    let plain = !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    if plain { text.to_owned() } else { coloured(text) }
}

/// Headings bold, what a client misses yellow, what fails red.
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
