//! The gRPC contracts of the shop, and the code generated from them.
//!
//! The contracts themselves stand in `proto/shop/<service>/v1/`; this crate adds nothing to them but
//! [`DESCRIPTORS`], from which tools and tests learn what a message holds and which calls may be repeated.

#[expect(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    reason = "generated: the contracts carry the comments, and what a generator writes is not ours to style"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
}

pub use generated::shop::admin::v1 as admin;
pub use generated::shop::analytics::v1 as analytics;
pub use generated::shop::carts::v1 as carts;
pub use generated::shop::catalog::v1 as catalog;
pub use generated::shop::common::v1 as common;
pub use generated::shop::inventory::v1 as inventory;
pub use generated::shop::notifications::v1 as notifications;
pub use generated::shop::orders::v1 as orders;
pub use generated::shop::payments::v1 as payments;
pub use generated::shop::pricing::v1 as pricing;
pub use generated::shop::recommendations::v1 as recommendations;
pub use generated::shop::reviews::v1 as reviews;
pub use generated::shop::shipping::v1 as shipping;
pub use generated::shop::telemetry::v1 as telemetry;
pub use generated::shop::users::v1 as users;

/// All contracts as an encoded `google.protobuf.FileDescriptorSet`, with their comments.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
