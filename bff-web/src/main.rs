//! The binary `bff-web`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bff_kit::run::<bff_web::Web>()
}
