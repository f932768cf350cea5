//! The whole shop in one process: the domain, three BFFs, and a page to query them.

mod browser;
mod compare;
mod credentials;
mod options;
mod page;
mod plans;
mod shop;

pub use compare::compare;
pub use options::{Addresses, Options};
pub use page::Bff;
pub use plans::changes;
pub use shop::Shop;
