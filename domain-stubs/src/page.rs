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
mod tests;
