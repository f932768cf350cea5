//! Pages of a list, after AIP-158.

/// Tokens of one page of a list, to continue the list from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageTokens {
    /// Token of the next page; empty on the last one.
    pub next: String,
    /// Tokens to continue after each item of this page, in the order of the items; empty if the service gives none.
    pub items: Vec<String>,
}
