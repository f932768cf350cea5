//! The embedded files of `seed/`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de, de::DeserializeOwned};

use crate::{currency::Currency, money::Money};

const CATEGORIES: [&str; 10] = [
    include_str!("../../seed/audio.json"),
    include_str!("../../seed/coffee.json"),
    include_str!("../../seed/cycling.json"),
    include_str!("../../seed/garden.json"),
    include_str!("../../seed/home.json"),
    include_str!("../../seed/kitchen.json"),
    include_str!("../../seed/lighting.json"),
    include_str!("../../seed/office.json"),
    include_str!("../../seed/outdoor.json"),
    include_str!("../../seed/toys.json"),
];
const SHOP: &str = include_str!("../../seed/shop.json");
const REVIEWS: &str = include_str!("../../seed/reviews.json");

/// The whole catalogue of the seed.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) shop: Shop,
    pub(crate) categories: Vec<Category>,
    pub(crate) reviews: Reviews,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shop {
    /// Paragraphs that end every description.
    pub(crate) paragraphs: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Category {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Paragraphs for the descriptions of all its products.
    pub(crate) paragraphs: Vec<String>,
    pub(crate) products: Vec<Product>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) brand: String,
    pub(crate) summary: String,
    pub(crate) paragraphs: Vec<String>,
    /// Heading, name and value of each.
    pub(crate) specifications: Vec<(String, String, String)>,
    /// The price without any promotion, in the files in euros, such as "89.00".
    #[serde(deserialize_with = "euros")]
    pub(crate) price: Money,
    pub(crate) margin_percent: u8,
    pub(crate) supplier: String,
    /// Number of pictures.
    pub(crate) images: u8,
    /// Mean of the stars of its reviews, roughly.
    pub(crate) stars: f64,
    pub(crate) stock: Abundance,
    /// Identifiers of related products.
    pub(crate) related: Vec<String>,
}

/// The size of a product's stock.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Abundance {
    Plenty,
    Some,
    Few,
    None,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reviews {
    pub(crate) authors: Vec<Author>,
    /// Texts of reviews, by their stars.
    pub(crate) texts: BTreeMap<u8, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Author {
    pub(crate) id: String,
    /// Name that others see.
    pub(crate) name: String,
    /// Name to greet the person by.
    pub(crate) given_name: String,
}

impl Catalogue {
    /// Reads the embedded files.
    pub(crate) fn embedded() -> Self {
        Self {
            shop: parse(SHOP),
            categories: CATEGORIES.iter().map(|file| parse(file)).collect(),
            reviews: parse(REVIEWS),
        }
    }

    /// All products, category by category.
    pub(crate) fn products(&self) -> impl Iterator<Item = (&Category, &Product)> {
        self.categories
            .iter()
            .flat_map(|category| category.products.iter().map(move |product| (category, product)))
    }
}

fn euros<'de, D: Deserializer<'de>>(input: D) -> Result<Money, D::Error> {
    let amount = String::deserialize(input)?;
    Money::parse(&amount, Currency::EURO).map_err(|error| de::Error::custom(format!("{amount:?} {error}")))
}

fn parse<T: DeserializeOwned>(file: &str) -> T {
    serde_json::from_str(file).expect("the files of `seed/` are embedded, and a test reads them")
}

#[cfg(test)]
mod tests;
