//! A test in a process that uses the allocator as its global allocator.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

/// Returns the resident memory of this process, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<usize>().unwrap() * 1024
}

#[test]
fn an_idle_thread_gives_the_memory_of_a_peak_back() {
    const PEAK: usize = 64 * 1024 * 1024;
    let before = resident();
    let mut stays = Vec::new();
    let mut peak = Vec::new();
    let mut bytes = 0;
    // Blocks of many sizes, as requests allocate them, with blocks in between that outlive the peak.
    for size in (64..8_192).step_by(40).cycle() {
        if bytes > PEAK {
            break;
        }
        peak.push(vec![1_u8; size]);
        if peak.len() % 1_000 == 0 {
            stays.push(vec![1_u8; size]);
        }
        bytes += size;
    }
    drop(peak);
    let held = resident() - before;
    assert!(held > PEAK / 2, "nothing is left to give back: {held}");
    allocator::give_back();
    let left = resident().saturating_sub(before);
    assert!(left < PEAK / 8, "{left} bytes are left of {held}");
    drop(stays);
}
