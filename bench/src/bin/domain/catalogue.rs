//! The data of the services: a thousand products of 2 to 8 kB, the same at every start.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use fastrand::Rng;
use prost_types::Timestamp;
use proto::catalog::{Image, Product, Specification, WholesaleTerms};
use proto::common::Money;
use proto::inventory::{Stock, WarehouseStock};
use proto::pricing::{Price, Promotion};
use proto::reviews::{Rating, Review};

/// Number of products.
pub const PRODUCTS: usize = 1_000;

/// Number of reviews of each product.
const REVIEWS: usize = 12;

const DAY: Duration = Duration::from_hours(24);

const NOUNS: &[&str] = &["Kettle", "Grinder", "Basket", "Speaker", "Lamp", "Scale", "Mug", "Desk Stand"];
const KINDS: &[&str] = &["Gooseneck", "Rattan", "Active", "Enamel", "Walnut", "Compact", "Steel", "Travel"];
const CATEGORIES: &[&str] = &["coffee", "kitchen", "audio", "office", "garden", "lighting"];
const WORDS: &[&str] = &[
    "the",
    "handle",
    "stays",
    "cool",
    "while",
    "water",
    "boils",
    "and",
    "a",
    "slow",
    "pour",
    "keeps",
    "its",
    "temperature",
    "for",
    "every",
    "cup",
    "made",
    "of",
    "brushed",
    "steel",
    "with",
    "lid",
    "that",
    "closes",
    "tightly",
    "even",
    "after",
    "years",
    "in",
    "daily",
    "use",
    "café",
    "measured",
    "by",
    "hand",
    "before",
    "it",
    "leaves",
    "workshop",
];

/// One product, with all that the services know of it.
pub struct Entry {
    pub product: Product,
    pub price: Price,
    pub stock: Stock,
    pub rating: Rating,
    /// Newest first.
    pub reviews: Vec<Review>,
    /// Place in the list of its category.
    pub place_in_category: usize,
}

/// All products.
pub struct Catalogue {
    /// By name.
    pub entries: Vec<Entry>,
    /// Places in `entries`, by the id of the product.
    places: HashMap<String, usize>,
    /// Places in `entries`, by the id of the category.
    categories: HashMap<&'static str, Vec<usize>>,
}

impl Catalogue {
    /// Makes the products.
    pub fn new() -> Self {
        let now = SystemTime::now();
        let mut categories: HashMap<_, Vec<_>> = HashMap::new();
        let entries: Vec<_> = (0..PRODUCTS)
            .map(|place| {
                let category = CATEGORIES[place % CATEGORIES.len()];
                let listed = categories.entry(category).or_default();
                listed.push(place);
                entry(place, category, listed.len() - 1, now)
            })
            .collect();
        let places = entries.iter().enumerate().map(|(place, it)| (it.product.id.clone(), place)).collect();
        Self { entries, places, categories }
    }

    /// Returns the place of a product; `None` if there is none with this id.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// Returns a product; `None` if there is none with this id.
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.place(id).map(|place| &self.entries[place])
    }

    /// Returns the places of a category's products; `None` if there is no such category.
    pub fn category(&self, id: &str) -> Option<&[usize]> {
        self.categories.get(id).map(Vec::as_slice)
    }
}

fn entry(place: usize, category: &str, place_in_category: usize, now: SystemTime) -> Entry {
    let mut rng = Rng::with_seed(place as u64);
    let id = bench::product_id(place);
    let product = product(&mut rng, place, &id, category, now);
    let reviews: Vec<_> = (0..REVIEWS).map(|index| review(&mut rng, &id, index, now)).collect();
    let stars: i32 = reviews.iter().map(|it| it.rating).sum();
    let average = (f64::from(stars) * 10.0 / REVIEWS as f64).round() / 10.0;
    // Some products have no review, so that no server may assume one.
    let is_reviewed = !place.is_multiple_of(17);
    let rating = Rating {
        product_id: id.clone(),
        average: if is_reviewed { average } else { 0.0 },
        review_count: if is_reviewed { REVIEWS as i32 } else { 0 },
        star_counts: (1..=5)
            .map(|it| reviews.iter().filter(|review| review.rating == it).count() as i32)
            .collect(),
    };
    let price = price(&mut rng, place, &id, now);
    let stock = stock(&mut rng, place, &id, now);
    let reviews = if is_reviewed { reviews } else { Vec::new() };
    Entry { product, price, stock, rating, reviews, place_in_category }
}

fn product(rng: &mut Rng, place: usize, id: &str, category: &str, now: SystemTime) -> Product {
    let name = format!("{} {} {place:04}", KINDS[place % KINDS.len()], NOUNS[place / 8 % NOUNS.len()]);
    let paragraphs = rng.usize(2..8);
    let picture = |index: usize| format!("https://images.shop.example/products/{id}/{index}-1600x1600.jpg");
    Product {
        id: id.to_owned(),
        brand: format!("Maker {}", place % 40),
        category_id: category.to_owned(),
        summary: text(rng, 14),
        description: (0..paragraphs).map(|_| text(rng, 95)).collect::<Vec<_>>().join("\n\n"),
        specifications: (0..12)
            .map(|index| Specification {
                group: ["Dimensions", "Material", "Power"][index / 4].to_owned(),
                name: format!("Property {index}"),
                value: format!("{} cm", rng.u32(1..200)),
            })
            .collect(),
        images: (0..6)
            .map(|index| Image { url: picture(index), alt_text: text(rng, 8), width: 1_600, height: 1_600 })
            .collect(),
        thumbnail_url: format!("https://images.shop.example/products/{id}/thumbnail-160x160.jpg"),
        create_time: Some(ago(now, DAY * rng.u32(100..2_000))),
        wholesale: Some(WholesaleTerms {
            cost: Some(euro(rng.i64(5..300), 500_000_000)),
            margin_percent: 31.5,
            supplier: format!("Supplier {}", place % 25),
        }),
        related_product_ids: (1..=8).map(|it| bench::product_id((place + it * 37) % PRODUCTS)).collect(),
        name,
    }
}

fn price(rng: &mut Rng, place: usize, id: &str, now: SystemTime) -> Price {
    let (units, nanos) = (rng.i64(4..2_400), rng.i32(0..100) * 10_000_000);
    let is_reduced = place.is_multiple_of(3);
    let end_time = Some(Timestamp { seconds: ago(now, Duration::ZERO).seconds + 86_400, nanos: 0 });
    let promotion =
        || Promotion { id: "spring".to_owned(), label: "Spring sale".to_owned(), percent_off: 10, end_time };
    Price {
        product_id: id.to_owned(),
        list_price: Some(euro(if is_reduced { units + units / 10 + 1 } else { units }, nanos)),
        customer_price: Some(euro(units, nanos)),
        promotions: is_reduced.then(promotion).into_iter().collect(),
    }
}

fn stock(rng: &mut Rng, place: usize, id: &str, now: SystemTime) -> Stock {
    let warehouses: Vec<_> = ["Lyon", "Porto", "Bremen"]
        .iter()
        .map(|name| WarehouseStock {
            warehouse_id: name.to_lowercase(),
            warehouse_name: (*name).to_owned(),
            quantity: rng.i64(0..90),
        })
        .collect();
    Stock {
        product_id: id.to_owned(),
        available: !place.is_multiple_of(11),
        total_quantity: warehouses.iter().map(|it| it.quantity).sum(),
        warehouses,
        update_time: Some(ago(now, Duration::from_mins(90))),
    }
}

fn review(rng: &mut Rng, product: &str, index: usize, now: SystemTime) -> Review {
    let author = rng.u32(0..500);
    // Half a unit past a change of its text ("3 d ago"), so that a text holds while servers are compared.
    let age = if index < 6 { DAY * index as u32 + DAY / 2 } else { DAY * 30 * index as u32 + DAY * 15 };
    Review {
        id: format!("{product}-review-{index}"),
        product_id: product.to_owned(),
        author_id: format!("user-{author:04}"),
        author_name: format!("Reader {author}"),
        rating: rng.i32(1..=5),
        text: text(rng, rng.clone().usize(20..90)),
        create_time: Some(ago(now, age)),
    }
}

/// Returns a sentence of this many words.
fn text(rng: &mut Rng, words: usize) -> String {
    let mut text: Vec<_> = (0..words).map(|_| WORDS[rng.usize(0..WORDS.len())]).collect();
    text[0] = "It says \"so\":";
    text.join(" ") + "."
}

fn euro(units: i64, nanos: i32) -> Money {
    Money { currency_code: "EUR".to_owned(), units, nanos }
}

fn ago(now: SystemTime, age: Duration) -> Timestamp {
    Timestamp { nanos: 0, ..Timestamp::from(now - age) }
}
