//! Pages of a list, after AIP-158.

/// A page of a list to fetch: a part of a key. It becomes the fields `page_size`, `page_token` and `skip` of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Page {
    /// Maximum number of items on the page. A page of 0 serves only for the data beside the items, such as their total
    /// number, and is sent as a page of one.
    pub size: i32,
    /// The service's token for the end of the previous page; empty at the beginning of the list.
    pub token: String,
    /// Number of items to skip after the token.
    pub skip: i32,
}

impl Page {
    /// Returns the first page of a list.
    #[must_use]
    pub const fn first(size: i32) -> Self {
        Self { size, token: String::new(), skip: 0 }
    }

    /// Returns the number of items to request: at least one, since 0 means "as many as you like" to a service.
    #[must_use]
    pub const fn sent_size(&self) -> i32 {
        if self.size < 1 { 1 } else { self.size }
    }
}
