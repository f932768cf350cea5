//! The binary `first-bff`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bff_kit::host::run(first_bff::client())
}
