//! Text that cannot be printed.
//!
//! `secrecy` is used rather than a type of our own: readers know it, it is overwritten when it is dropped, and reading
//! it has a name, [`ExposeSecret::expose_secret`], that a review can search for.

pub use secrecy::{ExposeSecret, SecretString};
