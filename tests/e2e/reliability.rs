//! Services that restart, vanish, hang or are crowded, behind a BFF under load.
//!
//! `RELIABILITY=long cargo test --test e2e -- reliability --nocapture` runs the long forms and prints their figures.

mod amplified;
mod balanced;
mod crowded;
mod down;
mod hedged;
mod load;
mod overloaded;
mod proxy;
mod replicas;
mod restarts;
mod soak;
mod vanished;

/// Returns the short form of a number, or its long form if that was requested.
fn size(short: usize, long: usize) -> usize {
    if std::env::var_os("RELIABILITY").is_some_and(|it| it == "long") { long } else { short }
}
