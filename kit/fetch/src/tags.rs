//! Tags of an answer to a client, by which a cache can be told to forget the answer.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The entities an answer is about, such as `product:kettle-gooseneck-09`, and the services it came from, such as
/// `catalog`. Caches in front of a BFF call them surrogate keys.
#[derive(Debug, Default)]
pub struct Tags(Mutex<BTreeSet<String>>);

impl Tags {
    /// Adds an entity. An id that cannot stand in a header is left out.
    pub fn entity(&self, kind: &str, id: &str) {
        // All tags are listed in one header, so an id may hold neither a separator nor a control character.
        let fits = |it: char| it.is_ascii_graphic() && it != ',';
        if !id.is_empty() && id.chars().all(fits) {
            self.add(format!("{kind}:{id}"));
        }
    }

    /// Adds the service of an RPC, such as `catalog` of `shop.catalog.v1.CatalogService/BatchGetProducts`.
    pub(crate) fn service(&self, rpc: &str) {
        let package = rpc.rsplit_once('/').and_then(|(service, _)| service.rsplit_once('.'));
        let segments = package.into_iter().flat_map(|(package, _)| package.rsplit('.'));
        let is_version =
            |it: &&str| it.starts_with('v') && it[1..].starts_with(|it: char| it.is_ascii_digit());
        if let Some(name) = segments.into_iter().find(|it| !is_version(it)) {
            self.add(name.to_owned());
        }
    }

    /// Returns all tags, sorted.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn add(&self, tag: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(tag);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_and_services_become_keys_of_a_header() {
        let tags = Tags::default();
        tags.service("shop.catalog.v1.CatalogService/BatchGetProducts");
        tags.service("shop.catalog.v1.CatalogService/ListProducts");
        tags.entity("product", "kettle-09");
        tags.entity("product", "");
        tags.entity("product", "two words");
        tags.entity("product", "line\nbreak");
        assert_eq!(tags.list(), ["catalog", "product:kettle-09"]);
    }
}
