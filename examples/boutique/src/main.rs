//! The binary `boutique`.

fn main() -> std::process::ExitCode {
    bff_kit::host::run(boutique::client())
}
