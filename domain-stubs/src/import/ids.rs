//! Identifiers of the shop, made from foreign names: lowercase letters and digits, with hyphens between.

use crate::hash;

/// The identifier of the product with this stock keeping unit, always the same one. Units that differ only in upper
/// and lower case share one; others practically never do.
#[must_use]
pub fn product_id(sku: &str) -> String {
    let slug = slug(sku);
    if slug == sku.to_ascii_lowercase() { slug } else { hashed(&slug, sku) }
}

/// Two identifiers for the category with this name; the second is used when another category has the first.
pub(super) fn category_ids(name: &str) -> [String; 2] {
    let slug = slug(name);
    let hashed = hashed(&slug, name);
    if slug.is_empty() { [hashed.clone(), hashed] } else { [slug, hashed] }
}

/// The slug of a text: its ASCII letters in lower case and digits, with one hyphen for all other characters between.
fn slug(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// The slug followed by a hash of the text, which tells apart texts with one slug.
fn hashed(slug: &str, text: &str) -> String {
    let hash = hash::hash_words(&[text]) >> 32;
    if slug.is_empty() { format!("{hash:08x}") } else { format!("{slug}-{hash:08x}") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_plain_sku_is_its_own_identifier_in_small_letters() {
        assert_eq!(product_id("ESH-0001"), "esh-0001");
        assert_eq!(product_id("9780140449136"), "9780140449136");
    }

    #[test]
    fn skus_that_look_alike_have_identifiers_of_their_own() {
        let skus = ["A-1", "A 1", "A/1", "A--1", "-A-1", "Ä-1", "Ö-1", "ЖЗ", "木", " "];
        let ids: BTreeSet<_> = skus.into_iter().map(product_id).collect();
        assert_eq!(ids.len(), skus.len(), "{ids:?}");
        for id in ids {
            assert!(
                id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            );
            assert!(!id.is_empty() && !id.starts_with('-') && !id.ends_with('-'), "{id}");
        }
    }

    #[test]
    fn a_category_is_known_by_its_words() {
        assert_eq!(category_ids("Ski/boarding")[0], "ski-boarding");
        assert_eq!(category_ids("Coffee & Tea")[0], "coffee-tea");
        assert!(category_ids("Été")[1].starts_with("t-"));
        assert_ne!(category_ids("木")[0], category_ids("火")[0]);
    }
}
