//! Pages after AIP-158: a page begins after a position, not at an offset, so that rows written meanwhile shift nothing.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use crate::{hash, refusal::Refusal};

/// A list that is read in pages: the RPC, and the filters that decide which rows it holds. A token belongs to one
/// listing; sizes, skips and masks may differ from page to page.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    scope: u64,
    default_size: usize,
}

/// The paging fields of a request, not yet checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) page_size: i32,
    pub(crate) page_token: &'a str,
    pub(crate) skip: i32,
}

/// A page to read: `limit` rows after the position `after`, without the first `skip`.
#[derive(Debug, Clone)]
pub(crate) struct Page<P> {
    listing: Listing,
    size: usize,
    /// Number of rows to skip.
    pub(crate) skip: i64,
    /// Position of the last row of the page before.
    pub(crate) after: Option<P>,
}

/// Page tokens for the rows of a page.
#[derive(Debug)]
pub(crate) struct Tokens {
    /// Tokens of the pages that begin after each row of this one.
    pub(crate) items: Vec<String>,
    /// Token of the next page; empty when there is none.
    pub(crate) next: String,
}

/// Largest size of a page.
const MAX_SIZE: usize = 100;

impl Listing {
    /// A listing of an RPC, distinguished from its others by `filters`.
    pub(crate) fn new(rpc: &str, filters: &[&str], default_size: usize) -> Self {
        let words: Vec<&str> = std::iter::once(rpc).chain(filters.iter().copied()).collect();
        Self { scope: hash::hash_words(&words), default_size }
    }

    /// Checks the paging fields of a request for this listing.
    pub(crate) fn page<P: DeserializeOwned>(self, paging: Asked<'_>) -> Result<Page<P>, Refusal> {
        let negative = |field| Refusal::invalid("PAGE_SIZE_INVALID", field, "must not be negative");
        let size = usize::try_from(paging.page_size).map_err(|_| negative("page_size"))?;
        let skip = u32::try_from(paging.skip).map_err(|_| negative("skip"))?;
        let after = self.position(paging.page_token)?;
        let size = if size == 0 { self.default_size } else { size.min(MAX_SIZE) };
        Ok(Page { listing: self, size, skip: skip.into(), after })
    }

    fn position<P: DeserializeOwned>(&self, token: &str) -> Result<Option<P>, Refusal> {
        if token.is_empty() {
            return Ok(None);
        }
        let position = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| {
            let (position, checksum) = bytes.split_last_chunk()?;
            (*checksum == self.checksum(position)).then(|| serde_json::from_slice(position).ok())?
        });
        position.map(Some).ok_or_else(Refusal::foreign_page_token)
    }

    fn token<P: Serialize>(&self, position: &P) -> String {
        let mut bytes = serde_json::to_vec(position).expect("positions are plain values");
        let checksum = self.checksum(&bytes);
        bytes.extend(checksum);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn checksum(&self, position: &[u8]) -> [u8; 8] {
        hash::hash([self.scope.to_be_bytes().as_slice(), position]).to_be_bytes()
    }
}

impl<P: Serialize> Page<P> {
    /// Number of rows to read: one more than the page holds, to show if another follows.
    pub(crate) fn limit(&self) -> i64 {
        i64::try_from(self.size + 1).expect("a page has few rows")
    }

    /// Cuts the rows read to the page; returns the tokens to go on with.
    pub(crate) fn cut<T>(&self, rows: &mut Vec<T>, position: impl Fn(&T) -> P) -> Tokens {
        let is_last = rows.len() <= self.size;
        rows.truncate(self.size);
        let items: Vec<_> = rows.iter().map(|row| self.listing.token(&position(row))).collect();
        let next = items.last().filter(|_| !is_last).cloned().unwrap_or_default();
        Tokens { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Asked<'static> = Asked { page_size: 2, page_token: "", skip: 0 };

    fn kitchen() -> Listing {
        Listing::new("List", &["kitchen"], 20)
    }

    fn token() -> String {
        let page = kitchen().page::<String>(FIRST).unwrap();
        page.cut(&mut vec!["a", "b", "c"], |&row| row.to_owned()).next
    }

    #[test]
    fn a_token_tells_where_its_page_ended() {
        let page = kitchen().page::<String>(Asked { page_token: &token(), ..FIRST }).unwrap();
        assert_eq!(page.after.as_deref(), Some("b"));
    }

    #[test]
    fn the_last_page_has_no_token_and_each_of_its_rows_has_one() {
        let mut rows = vec!["a", "b"];
        let tokens = kitchen().page::<String>(FIRST).unwrap().cut(&mut rows, |&row| row.to_owned());
        assert_eq!((rows, tokens.next.as_str()), (vec!["a", "b"], ""));
        for (token, row) in tokens.items.iter().zip(["a", "b"]) {
            let page = kitchen().page::<String>(Asked { page_token: token, ..FIRST }).unwrap();
            assert_eq!(page.after.as_deref(), Some(row));
        }
    }

    #[test]
    fn a_token_of_another_listing_or_a_changed_one_is_rejected() {
        let token = token();
        let paging = Asked { page_token: &token, ..FIRST };
        assert!(Listing::new("List", &["garden"], 20).page::<String>(paging).is_err());
        assert!(Listing::new("Search", &["kitchen"], 20).page::<String>(paging).is_err());
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let paging = Asked { page_token: &changed, ..FIRST };
            assert!(kitchen().page::<String>(paging).is_err(), "byte {at} does not matter");
        }
    }

    #[test]
    fn sizes_have_a_default_and_an_end_and_are_never_negative() {
        let limit =
            |page_size| kitchen().page::<String>(Asked { page_size, ..FIRST }).map(|page| page.limit());
        assert_eq!(limit(0).unwrap(), 21);
        assert_eq!(limit(7).unwrap(), 8);
        assert_eq!(limit(i32::MAX).unwrap(), 101);
        assert!(limit(-1).is_err());
        assert!(kitchen().page::<String>(Asked { skip: -1, ..FIRST }).is_err());
    }
}
