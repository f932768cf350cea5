//! Products computed from their numbers when they are read: a million of them takes no more memory than ten.
//!
//! Each is made after one of the seed's products, in turn, and draws its price, stock and reviews from a hash of its
//! identifier. Products of the store are not listed then, but can be read by id, so that carts and orders keep their
//! names.

mod answers;
mod numbers;
mod reviews;

use jiff::Timestamp;
use proto::inventory::{Stock, WarehouseStock};
use rusqlite::Connection;

use self::numbers::{Deal, Number, Selection};
use crate::{
    assortment::query::Query,
    catalog,
    hash::Random,
    inventory,
    seed::{self, Catalogue},
};

/// The largest discount of a product on the price of its model, in percent.
const MOST_PERCENT_BELOW: u64 = 25;

/// The synthetic products of a shop.
#[derive(Debug)]
pub(crate) struct Synthetic {
    deal: Deal,
    seed: Catalogue,
    seed_time: Timestamp,
    /// The products of the seed that others are made after: indexes of a category and of a product in it.
    models: Vec<(usize, usize)>,
    /// Models by name.
    by_name: Vec<u32>,
}

impl Synthetic {
    /// Makes `count` products, at most [`i32::MAX`], because a list has no larger total. All were first offered before
    /// the seed time.
    pub(crate) fn new(count: u32, seed_time: Timestamp) -> Self {
        let seed = Catalogue::embedded();
        let models: Vec<_> = (0..)
            .zip(&seed.categories)
            .flat_map(|(category, it)| (0..it.products.len()).map(move |product| (category, product)))
            .collect();
        let len = u32::try_from(models.len()).expect("the seed has some hundred products");
        let mut by_name: Vec<u32> = (0..len).collect();
        by_name.sort_by_cached_key(|&model| {
            let (category, product) = models[model as usize];
            seed.categories[category].products[product].name.to_ascii_lowercase()
        });
        let deal = Deal { count: count.min(i32::MAX.cast_unsigned()), models: len };
        Self { deal, seed, seed_time, models, by_name }
    }

    fn number(&self, id: &str) -> Option<Number> {
        numbers::number(id).filter(|number| (1..=self.deal.count).contains(number))
    }

    fn model(&self, model: u32) -> (&seed::Category, &seed::Product) {
        let (category, product) = self.models[model as usize];
        let category = &self.seed.categories[category];
        (category, &category.products[product])
    }

    fn name(&self, number: Number) -> String {
        let (_, model) = self.model(self.deal.model(number));
        format!("{} {}", model.name, numbers::digits(number))
    }

    /// A product as the seed would describe it.
    fn seeded(&self, number: Number) -> (&seed::Category, seed::Product) {
        let (category, model) = self.model(self.deal.model(number));
        let id = numbers::id(number);
        let below = Random::of(&["synthetic price", &id]).below(MOST_PERCENT_BELOW + 1);
        let product = seed::Product {
            name: self.name(number),
            price: model.price.less_percents([i32::try_from(below).expect("a small number")]),
            id,
            related: self.beside(number).into_iter().map(numbers::id).collect(),
            ..model.clone()
        };
        (category, product)
    }

    /// Products related to one: those of the same round, made after the related products of its
    /// model.
    fn beside(&self, number: Number) -> Vec<Number> {
        let (_, product) = self.model(self.deal.model(number));
        let models = product.related.iter().filter_map(|id| self.model_with(id));
        models.filter_map(|model| self.deal.beside(number, model)).collect()
    }

    fn model_with(&self, id: &str) -> Option<u32> {
        (0..self.deal.models).find(|&model| self.model(model).1.id == id)
    }

    /// The products of a category, or of all, by name.
    fn by_name(&self, category: Option<&str>) -> Selection {
        let is_listed = |model: &u32| category.is_none_or(|category| self.model(*model).0.id == category);
        self.deal.select(self.by_name.iter().copied().filter(is_listed).collect())
    }

    /// The products that match, those of the best model first. The words are searched in the models, whose texts
    /// differ from those of the products only by the number.
    fn matching(&self, db: &Connection, words: Option<&Query>) -> rusqlite::Result<Selection> {
        let Some(words) = words else { return Ok(self.by_name(None)) };
        let ids = catalog::search_all(db, words)?;
        Ok(self.deal.select(ids.iter().filter_map(|id| self.model_with(id)).collect()))
    }

    fn stock_of(&self, number: Number) -> Stock {
        let (_, product) = self.seeded(number);
        let seed::Stock { update_time, mut warehouses } = seed::stock(&product, self.seed_time);
        warehouses.sort_by_key(|((id, _), quantity)| (-quantity, *id));
        let warehouses = warehouses.into_iter().map(|((id, name), quantity)| WarehouseStock {
            warehouse_id: id.to_owned(),
            warehouse_name: name.to_owned(),
            quantity,
        });
        inventory::sum(&product.id, warehouses.collect(), update_time)
    }
}

#[cfg(test)]
mod tests;
