//! The binary `bff-iot`.

use std::process::ExitCode;

/// Allocator that keeps less after a peak than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    bff_kit::run::<bff_iot::Iot>()
}
