//! The contracts of the services, and the code that is made of them.

#[expect(
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    reason = "generated: what a generator writes is not ours to style"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
}

pub use generated::library::books::v1 as books;
pub use generated::library::loans::v1 as loans;

/// The contracts as a set of file descriptors.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
