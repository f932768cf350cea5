//! Calls that are left out while a server has more work than it can do.

/// Calls that are left out while a server has more work than it can do. Only calls that a request can do without ever
/// are: their fields take their fallbacks, or an old value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Brownout {
    /// No call is left out.
    #[default]
    None,
    /// Calls whose policy says that they are the first to go.
    First,
    /// All calls that a request can do without, but those whose policy says that they are kept.
    All,
}
