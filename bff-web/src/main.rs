//! The binary `bff-web`.

use std::process::ExitCode;

/// Gives memory back after a peak, which the allocator of glibc keeps.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    bff_kit::run::<bff_web::Web>()
}
