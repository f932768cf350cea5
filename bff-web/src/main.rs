//! The binary `bff-web`.

use std::process::ExitCode;

/// Allocator that gives memory back after a peak.
#[global_allocator]
static ALLOCATOR: bff_kit::Allocator = bff_kit::Allocator;

fn main() -> ExitCode {
    bff_kit::run::<bff_web::Web>()
}
