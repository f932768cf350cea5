//! The checks before anything is measured: all servers answer the same data, and make the same calls.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::Context as _;
use bench::http::{self, Connection};
use bench::operations::{Operation, Requests, is_whole};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::servers::{Server, Surroundings};

/// Requests of each operation that are compared.
const COMPARED: usize = 6;

/// Numbers of calls by RPC.
pub type Calls = BTreeMap<String, u64>;

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

/// Answer and calls of the floor for an operation.
struct Expected {
    data: Vec<String>,
    calls: Calls,
}

/// Returns the calls that the services have counted.
pub async fn calls(services: SocketAddr) -> anyhow::Result<Calls> {
    Ok(serde_json::from_slice(&http::get(services, "/counts").await?)?)
}

/// Returns the calls since another count.
pub fn since(now: &Calls, before: &Calls) -> Calls {
    let more = now.iter().map(|(rpc, count)| (rpc.clone(), count - before.get(rpc).unwrap_or(&0)));
    more.filter(|(_, count)| *count > 0).collect()
}

/// Compares all servers with the first, which is the floor; prints the calls of each operation. Fails with the first
/// difference.
pub async fn check(servers: &[Server], around: &Surroundings<'_>) -> anyhow::Result<()> {
    let mut expected: BTreeMap<&str, Expected> = BTreeMap::new();
    for server in servers {
        let running = server.start(around).await?;
        let mut connection = Connection::open(running.address).await?;
        for (name, form) in server.forms {
            for operation in around.operations.iter().filter(|it| server.takes(it)) {
                let requests = Requests::new(operation, *form, true);
                let before = calls(around.issuer).await?;
                let mut data = Vec::new();
                for number in 0..COMPARED {
                    let request = requests.write(number, around.tokens, number);
                    let (status, body) = connection.send(&request).await?;
                    let text = String::from_utf8_lossy(body);
                    let is_good = status == 200 && is_whole(body);
                    anyhow::ensure!(is_good, "{name} answers {} with {status}: {text}", operation.name);
                    let answer: Answer<'_> = serde_json::from_slice(body).context("no JSON")?;
                    data.push(answer.data.get().to_owned());
                }
                let made = since(&calls(around.issuer).await?, &before);
                match expected.get(operation.name.as_str()) {
                    None => {
                        print_calls(operation, &made);
                        expected.insert(&operation.name, Expected { data, calls: made });
                    }
                    Some(floor) => {
                        let told = format!("{} of {name}", operation.name);
                        same_data(&told, &floor.data, &data, server.is_exact())?;
                        let are_same = server.keeps_answers() || made == floor.calls;
                        anyhow::ensure!(
                            are_same,
                            "{told}: {made:?} calls, but {:?} of the floor",
                            floor.calls
                        );
                    }
                }
            }
            println!("  {name}: the same data and calls");
        }
    }
    Ok(())
}

fn print_calls(operation: &Operation, made: &Calls) {
    let each = made.iter().map(|(rpc, count)| format!("{rpc} {}", *count as f64 / COMPARED as f64));
    println!("  calls of {}: {}", operation.name, each.collect::<Vec<_>>().join(", "));
}

fn same_data(told: &str, floor: &[String], other: &[String], is_exact: bool) -> anyhow::Result<()> {
    for (floor, other) in floor.iter().zip(other) {
        if floor == other {
            continue;
        }
        let difference = difference("data", &serde_json::from_str(floor)?, &serde_json::from_str(other)?);
        match difference {
            Some(difference) => anyhow::bail!("{told}: {difference}"),
            None if is_exact => anyhow::bail!("{told}: other bytes\n  floor {floor}\n  other {other}"),
            None => {}
        }
    }
    Ok(())
}

/// Returns the first difference between two values; `None` if they are equal but for the order of fields and the
/// notation of numbers.
fn difference(path: &str, floor: &Value, other: &Value) -> Option<String> {
    match (floor, other) {
        (Value::Object(one), Value::Object(two)) => {
            let extra = two.keys().find(|name| !one.contains_key(*name));
            if let Some(name) = extra {
                return Some(format!("{path}.{name} is not in the floor's answer"));
            }
            one.iter().find_map(|(name, value)| match two.get(name) {
                Some(other) => difference(&format!("{path}.{name}"), value, other),
                None => Some(format!("{path}.{name} is missing")),
            })
        }
        (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
            let pairs = one.iter().zip(two).enumerate();
            pairs.into_iter().find_map(|(at, (one, two))| difference(&format!("{path}[{at}]"), one, two))
        }
        (Value::Number(one), Value::Number(two)) if one.as_f64() == two.as_f64() => None,
        (one, two) if one == two => None,
        (one, two) => Some(format!("{path} is {one} of the floor, but {two}")),
    }
}
