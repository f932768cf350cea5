//! The outcome of a call, for its endpoint.

/// Outcome of a call, as far as it speaks about the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint answered, with whatever status.
    Answered,
    /// The endpoint, or something before it, was not available.
    Unavailable,
    /// The call was given up because its time was over.
    TimedOut,
}
