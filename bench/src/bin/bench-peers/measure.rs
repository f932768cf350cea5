//! The measured rounds.

use std::cell;
use std::rc::Rc;
use std::time::Duration;

use bench::operations::{Operation, Requests};
use serde::Serialize;

use crate::check::{calls, since};
use crate::load::Load;
use crate::servers::{Running, Server, Surroundings};
use crate::usage::{cpu_time, resident_mib};

/// Connections of the two loads: the latency of a server that waits, and the cost of one that is busy.
pub const CONNECTIONS: [usize; 2] = [1, 64];

/// Parts of a cell's time for which the server is warmed up before, with as many connections as it has at most.
const WARM_UP: f64 = 0.5;

/// A measurement of one operation on one server.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Time of one cell.
    pub time: Duration,
    pub rounds: usize,
    /// True if each request asks for something else.
    pub vary: bool,
}

/// Name of a cell of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    pub operation: String,
    pub server: &'static str,
    pub connections: usize,
}

/// One measurement of a cell. Times are those of the server's process.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    #[serde(flatten)]
    pub cell: Cell,
    pub round: usize,
    pub requests: usize,
    /// Answers of another length than the first of their connection, or with errors.
    pub unlike: u64,
    pub user_us: f64,
    pub system_us: f64,
    pub per_second: f64,
    pub p50_us: f64,
    pub p99_us: f64,
    pub resident_mib: f64,
    /// Bytes of an answer's body.
    pub bytes: f64,
    /// Calls of services for each request.
    pub calls: f64,
}

/// Measures all rounds: in each, every server is started, warmed up, measured and ended, one after the other.
pub async fn measure(
    servers: &[Server],
    around: &Surroundings<'_>,
    plan: Plan,
) -> anyhow::Result<Vec<Measured>> {
    let mut all = Vec::new();
    for round in 1..=plan.rounds {
        for server in servers {
            eprint!("\rround {round} of {}: {:<12}", plan.rounds, server.name);
            let running = server.start(around).await?;
            for operation in around.operations.iter().filter(|it| server.takes(it)) {
                for (name, form) in server.forms {
                    let load = Load {
                        address: running.address,
                        requests: Requests::new(operation, *form, plan.vary),
                        tokens: Rc::from(around.tokens),
                        vary: plan.vary,
                        next: cell::Cell::new(0),
                    };
                    load.run(CONNECTIONS[1], plan.time.mul_f64(WARM_UP)).await?;
                    for connections in CONNECTIONS {
                        let cell = Cell { operation: operation.name.clone(), server: name, connections };
                        all.push(cell_of(cell, round, &load, &running, around, plan).await?);
                    }
                }
            }
        }
    }
    eprintln!();
    Ok(all)
}

async fn cell_of(
    cell: Cell,
    round: usize,
    load: &Load,
    running: &Running,
    around: &Surroundings<'_>,
    plan: Plan,
) -> anyhow::Result<Measured> {
    let calls_before = calls(around.issuer).await?;
    let before = cpu_time(running.process.id())?;
    let seen = load.run(cell.connections, plan.time).await?;
    let after = cpu_time(running.process.id())?;
    let made: u64 = since(&calls(around.issuer).await?, &calls_before).values().sum();
    let requests = seen.durations_us.len();
    anyhow::ensure!(requests > 0, "{} answered nothing in {:?}", cell.server, plan.time);
    let each = |total: f64| total / requests as f64;
    let us = |time: Duration| each(time.as_secs_f64() * 1e6);
    let percentile = |part: f64| f64::from(seen.durations_us[((requests - 1) as f64 * part) as usize]);
    Ok(Measured {
        cell,
        round,
        requests,
        unlike: seen.unlike,
        user_us: us(after.user - before.user),
        system_us: us(after.system - before.system),
        per_second: requests as f64 / seen.took.as_secs_f64(),
        p50_us: percentile(0.5),
        p99_us: percentile(0.99),
        resident_mib: resident_mib(running.process.id())?,
        bytes: each(seen.bytes as f64),
        calls: each(made as f64),
    })
}

/// Returns the operations that are wanted: all of them if none is named.
pub fn wanted(operations: Vec<Operation>, named: &[String]) -> Vec<Operation> {
    operations.into_iter().filter(|it| named.is_empty() || named.contains(&it.name)).collect()
}
