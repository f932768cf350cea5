//! The binary `bff-web`.

use std::process::ExitCode;

/// Allocator that gives memory back after a peak.
#[global_allocator]
static ALLOCATOR: bff_kit::host::Allocator = bff_kit::host::Allocator;

fn main() -> ExitCode {
    bff_kit::host::run(bff_web::client())
}
