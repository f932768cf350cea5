//! Pages as AIP-158 has them.

/// Where one can go on in a list, by a page of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageTokens {
    /// Token of the next page; empty on the last one.
    pub next: String,
    /// Token to go on behind each item of this page, in their order; empty where the service gives none.
    pub items: Vec<String>,
}
