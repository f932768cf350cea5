//! Priorities of requests.

/// The order in which requests are shed: the lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Work that nobody waits for, such as a report of a device. It may use the smallest part of the limit.
    Background,
    /// Work of the usual kind, such as browsing.
    Usual,
    /// Work that must not be lost, such as a checkout. It may use the whole limit.
    Essential,
}
