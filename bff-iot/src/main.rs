//! The binary `bff-iot`.

use std::process::ExitCode;

/// Allocator that gives most memory back after a peak.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    bff_kit::run::<bff_iot::Iot>()
}
