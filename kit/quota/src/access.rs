//! The way of a request with data.

/// The way of a request with data, which matters while the shared store is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The request only reads.
    Read,
    /// The request may change something.
    Write,
}
