//! Time and memory of a process, as Linux accounts for them.

use std::time::Duration;

use anyhow::Context as _;

/// Length of a tick, in which Linux tells times to programs on every architecture.
const TICK: Duration = Duration::from_millis(10);

/// CPU time of a process and its threads, since its start.
#[derive(Clone, Copy, Debug)]
pub struct CpuTime {
    pub user: Duration,
    pub system: Duration,
}

/// Returns the CPU time of a process.
pub fn cpu_time(id: u32) -> anyhow::Result<CpuTime> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).context("the server has ended")?;
    // The name, which may have spaces, ends in the last parenthesis; the times are fields 14 and 15.
    let fields: Vec<_> = stat.rsplit_once(')').context("no stat")?.1.split_whitespace().collect();
    let ticks = |at: usize| anyhow::Ok(TICK * fields.get(at).context("no times")?.parse()?);
    Ok(CpuTime { user: ticks(11)?, system: ticks(12)? })
}

/// Returns the resident memory of a process, in MiB.
pub fn resident_mib(id: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).context("the server has ended")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no memory")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}
