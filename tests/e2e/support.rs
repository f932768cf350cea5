//! Support for all tests: a shop per test, answers, snapshots.

mod client;
pub(crate) mod credentials;
mod dice;
mod liar;
mod logged;
mod named;
mod operations;
mod pipe;
mod plain;
mod process;
#[path = "../../kit/store/tests/contract/server.rs"]
pub(crate) mod redis;
mod screens;
mod shop;
mod snapshot;

pub(crate) use bff_test::{Answer, network};
pub(crate) use client::{Kind, made_up};
pub(crate) use dice::Dice;
pub(crate) use liar::Lies;
pub(crate) use logged::Logged;
pub(crate) use named::named;
pub(crate) use operations::{
    Operation, SCHEMA, contracts, copied_schema, in_folder, operations, preparer, schema_folder,
};
pub(crate) use pipe::{Connection, Pipe};
pub(crate) use plain::Plain;
pub(crate) use process::{Process, listens, told};
pub(crate) use screens::{Screen, screens};
pub(crate) use shop::{
    ADA, SHELF, Shop, device_id, id_of, now, options, order_id, percent_encoded, product_id,
};
pub(crate) use snapshot::{assert_same_as_file, assert_snapshot, sorted};
