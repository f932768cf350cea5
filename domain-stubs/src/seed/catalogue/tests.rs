use std::collections::BTreeSet;

use super::*;

#[test]
fn every_category_has_its_products_and_every_product_is_complete() {
    let catalogue = Catalogue::embedded();
    for category in &catalogue.categories {
        assert_eq!((category.products.len(), category.paragraphs.len()), (21, 8), "{}", category.id);
    }
    for (_, product) in catalogue.products() {
        let id = &product.id;
        assert!((1.0..=5.0).contains(&product.stars), "{id}: {}", product.stars);
        assert!((1..100).contains(&product.margin_percent), "{id}");
        assert!(!product.specifications.is_empty() && product.images > 0, "{id}");
    }
}

#[test]
fn identifiers_are_unique_and_related_products_exist() {
    let catalogue = Catalogue::embedded();
    let mut ids = BTreeSet::new();
    assert!(catalogue.products().all(|(_, product)| ids.insert(&product.id)));
    for (_, product) in catalogue.products() {
        let related: BTreeSet<_> = product.related.iter().collect();
        assert_eq!(related.len(), product.related.len(), "{} names one twice", product.id);
        assert!(related.is_subset(&ids) && !related.contains(&product.id), "{}", product.id);
    }
}

#[test]
fn there_are_texts_for_every_star_and_enough_authors() {
    let reviews = Catalogue::embedded().reviews;
    assert_eq!(reviews.texts.keys().copied().collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert!(reviews.texts.values().all(|texts| !texts.is_empty()));
    assert!(reviews.authors.len() >= 40);
}
