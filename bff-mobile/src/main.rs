//! The binary `bff-mobile`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bff_kit::run::<bff_mobile::Mobile>()
}
