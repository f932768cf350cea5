//! Fields of a product that a foreign catalogue lacks, drawn from a hash of the stock keeping unit, so that the same
//! file always makes the same shop.

use super::line::Item;
use crate::{
    hash::Random,
    seed::{Abundance, Product},
};

/// Maximum number of related products.
const MOST_RELATED: usize = 4;

/// Longest summary, in characters.
const LONGEST_SUMMARY: usize = 160;

/// A product like those of the seed, without its related products.
pub(super) fn product(id: String, item: &Item) -> Product {
    let mut random = Random::of(&["import", &item.sku]);
    let tenths = u8::try_from(random.below(19)).expect("below 19");
    Product {
        id,
        name: item.name.clone(),
        brand: item.brand.clone(),
        summary: summary(item),
        // The description is used unchanged.
        paragraphs: Vec::new(),
        specifications: specifications(item, &mut random),
        price: item.price,
        margin_percent: 20 + u8::try_from(random.below(31)).expect("below 31"),
        supplier: supplier(item),
        images: 2 + u8::try_from(random.below(4)).expect("below 4"),
        stars: 3.0 + f64::from(tenths) / 10.0,
        stock: abundance(&mut random),
        related: Vec::new(),
    }
}

/// Related products of the one at `index` in its category: some that follow it there, in a circle.
pub(super) fn related(sku: &str, index: usize, category: &[String]) -> Vec<String> {
    let others: Vec<_> = category[index + 1..].iter().chain(&category[..index]).collect();
    if others.is_empty() {
        return Vec::new();
    }
    let first = Random::of(&["import related", sku]).index(others.len());
    others.iter().cycle().skip(first).take(MOST_RELATED.min(others.len())).map(|&id| id.clone()).collect()
}

/// The summary: the first sentence of the description, cut to [`LONGEST_SUMMARY`].
fn summary(item: &Item) -> String {
    let line = item.description.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or(&item.name);
    let mut ends = line.match_indices(['.', '!', '?']).map(|(at, _)| at + 1);
    let sentence = ends.find(|&end| line[end..].starts_with(' ')).map_or(line, |end| &line[..end]);
    if sentence.chars().count() <= LONGEST_SUMMARY {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(LONGEST_SUMMARY).collect();
    let words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{words}…")
}

fn specifications(item: &Item, random: &mut Random) -> Vec<(String, String, String)> {
    let mut lines = vec![("General", "SKU", item.sku.clone())];
    if !item.brand.is_empty() {
        lines.push(("General", "Brand", item.brand.clone()));
    }
    lines.push(("Shipping", "Weight", format!("{} g", 100 + 50 * random.below(60))));
    lines.push(("Service", "Warranty", format!("{} years", 2 + random.below(4))));
    lines.into_iter().map(|(heading, name, value)| (heading.to_owned(), name.to_owned(), value)).collect()
}

fn supplier(item: &Item) -> String {
    if item.brand.is_empty() { "Unknown".to_owned() } else { format!("{} Distribution", item.brand) }
}

fn abundance(random: &mut Random) -> Abundance {
    match random.below(10) {
        0 => Abundance::None,
        1 => Abundance::Few,
        2..=4 => Abundance::Some,
        _ => Abundance::Plenty,
    }
}

#[cfg(test)]
mod tests;
