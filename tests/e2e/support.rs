//! What every test uses: a shop of its own, answers, snapshots.

mod answer;
mod shop;
mod snapshot;

pub(crate) use answer::Answer;
pub(crate) use shop::{Shop, now, product_id};
pub(crate) use snapshot::{assert_same_as_file, assert_snapshot};
