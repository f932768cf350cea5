//! The shapes of RPCs, as the descriptors of their contracts tell them: which field of a response is the result for a key,
//! which message is a page, which request has a read mask, and the rules that options state.
//!
//! `rpc-build` writes the types of RPCs by them, and `bff-test` the answers of services.

mod options;
mod shape;

pub use options::{Rules, entity};
pub use shape::{
    KeyedResult, asks_for_page, can_skip, fields, has_list, has_mask, is_choice, is_plain, keyed_result,
    many, message_of, only_list, only_message, page, read_list, single,
};
