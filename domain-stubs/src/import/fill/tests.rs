use super::*;
use crate::money::Money;

fn item(description: &str) -> Item {
    let [sku, name, brand, category] = ["A-1", "Tent", "", "Camping"].map(str::to_owned);
    Item { sku, name, brand, category, description: description.into(), price: Money::from_cents(1) }
}

#[test]
fn a_summary_is_the_first_sentence() {
    assert_eq!(summary(&item("Weighs 1.5 kg. Stands up.")), "Weighs 1.5 kg.");
    assert_eq!(summary(&item("No end")), "No end");
    assert_eq!(summary(&item("\n Léger… ! Oui.\nNon.")), "Léger… !");
    assert_eq!(summary(&item("")), "Tent");
    let long = summary(&item(&"Schön ".repeat(100)));
    assert!(long.ends_with("Schön…") && long.chars().count() <= LONGEST_SUMMARY, "{long}");
}

#[test]
fn related_products_are_others_of_the_category() {
    let category: Vec<String> = ["a", "b", "c", "d", "e", "f", "g"].map(str::to_owned).to_vec();
    for (index, id) in category.iter().enumerate() {
        let mut related = related(id, index, &category);
        assert_eq!(related.len(), MOST_RELATED);
        assert!(!related.contains(id));
        related.sort_unstable();
        related.dedup();
        assert_eq!(related.len(), MOST_RELATED);
    }
    assert_eq!(related("a", 0, &category[..2]), ["b"]);
    assert!(related("a", 0, &category[..1]).is_empty());
}
