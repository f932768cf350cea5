//! The binary `bff-iot`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bff_kit::run::<bff_iot::Iot>()
}
