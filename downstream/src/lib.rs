//! Typed, batched access to the services of this shop: one file a service, one type a question.
//!
//! It knows no client and no GraphQL. What a question is answered with are the messages of the contracts, with
//! the fields that the read mask asked for.

pub mod catalog;
pub mod inventory;
pub mod money;
pub mod pricing;
pub mod reviews;

mod key_error;
