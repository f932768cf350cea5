//! Pages of a list, after AIP-158.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use rpc::PageRequest;

/// A page of a list to fetch: a part of a key. It becomes the fields `page_size`, `page_token` and `skip` of a request.
///
/// Pages that are sent as the same request are equal, so that it is sent once: a page of 0 items equals one of 1.
#[derive(Clone, Debug, Default)]
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

    /// Writes the page into a request.
    pub fn write(&self, request: &mut impl PageRequest) {
        request.set_page(self.sent_size(), &self.token, self.skip);
    }

    /// Returns the page that a request asks for.
    #[must_use]
    pub fn of(request: &impl PageRequest) -> Self {
        let (size, token, skip) = request.page();
        Self { size, token: token.to_owned(), skip }
    }

    /// Returns the items that a response begins with and that do not belong to the page, because the request cannot say that
    /// they are skipped.
    #[must_use]
    pub fn dropped<Q: PageRequest>(&self) -> usize {
        if Q::SKIPS { 0 } else { usize::try_from(self.skip).unwrap_or_default() }
    }

    /// Returns the page as it is sent.
    fn sent(&self) -> (i32, &str, i32) {
        (self.sent_size(), &self.token, self.skip)
    }
}

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        self.sent() == other.sent()
    }
}

impl Eq for Page {}

impl PartialOrd for Page {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Page {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sent().cmp(&other.sent())
    }
}

impl Hash for Page {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sent().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn pages_that_are_sent_alike_are_one_key() {
        let pages = [Page::first(0), Page::first(1), Page::first(2), Page { skip: 1, ..Page::first(1) }];
        assert_eq!(pages.iter().collect::<HashSet<_>>().len(), 3);
        assert_eq!((pages[0].cmp(&pages[1]), pages[1].cmp(&pages[2])), (Ordering::Equal, Ordering::Less));
    }
}
