//! The table.

use std::fmt::Write as _;

use crate::measure::{CONNECTIONS, Cell, Measured};
use crate::servers::FLOOR;

/// The median of each column over all rounds of a cell.
struct Row {
    server: &'static str,
    cpu_us: f64,
    user_us: f64,
    system_us: f64,
    per_second: f64,
    p50_us: f64,
    p99_us: f64,
    resident_mib: f64,
    bytes: f64,
    calls: f64,
    unlike: u64,
}

/// Returns the tables of all operations as Markdown, with ratios to the floor.
pub fn table(measured: &[Measured]) -> String {
    let mut text = String::new();
    for (operation, connections) in sections(measured) {
        let rows = rows(measured, &operation, connections);
        let Some(floor) = rows.iter().find(|row| row.server == FLOOR).map(|row| row.cpu_us) else { continue };
        let plural = if connections == 1 { "" } else { "s" };
        let _infallible = write!(
            text,
            "\n### {operation}, {connections} connection{plural}\n\n\
             | server | CPU µs | × floor | user + system | requests/s | p50 ms | p99 ms | MiB | bytes | calls |\n\
             |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        );
        for row in &rows {
            let _infallible = writeln!(
                text,
                "| {} | {:.0} | {:.2} | {:.0} + {:.0} | {:.0} | {:.2} | {:.2} | {:.0} | {:.0} | {:.2} |",
                row.server,
                row.cpu_us,
                row.cpu_us / floor,
                row.user_us,
                row.system_us,
                row.per_second,
                row.p50_us / 1e3,
                row.p99_us / 1e3,
                row.resident_mib,
                row.bytes,
                row.calls,
            );
        }
        for row in rows.iter().filter(|row| row.unlike > 0) {
            let _infallible = writeln!(
                text,
                "\n{}: {} answers had another length than the first of their connection, or errors.",
                row.server, row.unlike
            );
        }
    }
    text
}

/// Returns one line for each operation: the CPU of each server as a multiple of the floor's.
pub fn summary(measured: &[Measured]) -> String {
    let mut servers: Vec<&str> = Vec::new();
    for it in measured {
        if !servers.contains(&it.cell.server) {
            servers.push(it.cell.server);
        }
    }
    let sections = sections(measured);
    let mut text = "\n| CPU per request, × floor |".to_owned();
    for (operation, connections) in &sections {
        let _infallible = write!(text, " {operation}/{connections} |");
    }
    let _infallible = writeln!(text, "\n|---|{}", "---:|".repeat(sections.len()));
    for server in servers {
        let _infallible = write!(text, "| {server} |");
        for (operation, connections) in &sections {
            let rows = rows(measured, operation, *connections);
            let of = |name: &str| rows.iter().find(|row| row.server == name).map(|row| row.cpu_us);
            let _infallible = match of(server).zip(of(FLOOR)) {
                Some((cpu, floor)) => write!(text, " {:.2} |", cpu / floor),
                None => write!(text, " – |"),
            };
        }
        text.push('\n');
    }
    text
}

fn sections(measured: &[Measured]) -> Vec<(String, usize)> {
    let mut sections = Vec::new();
    for it in measured {
        for connections in CONNECTIONS {
            let section = (it.cell.operation.clone(), connections);
            if !sections.contains(&section) {
                sections.push(section);
            }
        }
    }
    sections
}

fn rows(measured: &[Measured], operation: &str, connections: usize) -> Vec<Row> {
    let mut cells: Vec<&Cell> = Vec::new();
    for it in measured.iter().map(|it| &it.cell) {
        if it.operation == operation && it.connections == connections && !cells.contains(&it) {
            cells.push(it);
        }
    }
    cells.into_iter().map(|cell| row(cell, measured)).collect()
}

fn row(cell: &Cell, measured: &[Measured]) -> Row {
    let rounds: Vec<_> = measured.iter().filter(|it| it.cell == *cell).collect();
    let median = |column: fn(&Measured) -> f64| {
        let mut values: Vec<_> = rounds.iter().map(|it| column(it)).collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
    };
    Row {
        server: cell.server,
        cpu_us: median(|it| it.user_us + it.system_us),
        user_us: median(|it| it.user_us),
        system_us: median(|it| it.system_us),
        per_second: median(|it| it.per_second),
        p50_us: median(|it| it.p50_us),
        p99_us: median(|it| it.p99_us),
        resident_mib: median(|it| it.resident_mib),
        bytes: median(|it| it.bytes),
        calls: median(|it| it.calls),
        unlike: rounds.iter().map(|it| it.unlike).sum(),
    }
}
