//! Numbers of synthetic products: the model of each, and the order in which they are listed.

/// The number of a product, from 1.
pub(super) type Number = u32;

/// The identifier of a product.
pub(super) fn id(number: Number) -> String {
    format!("synthetic-{number}")
}

/// The number in an identifier; `None` when no synthetic product has that identifier.
pub(super) fn number(id: &str) -> Option<Number> {
    let number = id.strip_prefix("synthetic-")?.parse().ok()?;
    (self::id(number) == id).then_some(number)
}

/// The number as the ten digits at the end of a name, which sort as the numbers do.
pub(super) fn digits(number: Number) -> String {
    format!("{number:010}")
}

/// The number that a word of ten digits stands for; `None` for any other word.
pub(super) fn from_digits(word: &str) -> Option<Number> {
    let number = word.parse().ok()?;
    (digits(number) == word).then_some(number)
}

/// Products dealt out to models in turn: the first to the first model, and so on, round by round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deal {
    /// Number of products, and of the last product.
    pub(super) count: u32,
    /// Number of models, at least one.
    pub(super) models: u32,
}

/// The products of some models, one model after the other.
#[derive(Debug)]
pub(super) struct Selection {
    deal: Deal,
    models: Vec<u32>,
}

impl Deal {
    /// The model of a product.
    pub(super) fn model(self, number: Number) -> u32 {
        (number - 1) % self.models
    }

    /// The product of another model in the same round, if the round goes that far.
    pub(super) fn beside(self, number: Number, model: u32) -> Option<Number> {
        (number - self.model(number)).checked_add(model).filter(|&number| number <= self.count)
    }

    /// The products of these models, each of which stands there once.
    pub(super) fn select(self, models: Vec<u32>) -> Selection {
        Selection { deal: self, models }
    }

    /// The number of products of a model.
    fn count_of(self, model: u32) -> u32 {
        (self.count + self.models - 1 - model) / self.models
    }
}

impl Selection {
    /// The number of products.
    pub(super) fn len(&self) -> u32 {
        self.models.iter().map(|&model| self.deal.count_of(model)).sum()
    }

    /// The product in a place, counted from 0.
    pub(super) fn get(&self, place: u64) -> Option<Number> {
        let mut place = u32::try_from(place).ok()?;
        for &model in &self.models {
            let count = self.deal.count_of(model);
            if place < count {
                return Some(place * self.deal.models + model + 1);
            }
            place -= count;
        }
        None
    }

    /// The place of a product; `None` when it is not among these.
    pub(super) fn place(&self, number: Number) -> Option<u64> {
        let model = self.deal.model(number);
        let at = self.models.iter().position(|&other| other == model)?;
        let before: u32 = self.models[..at].iter().map(|&model| self.deal.count_of(model)).sum();
        Some(u64::from(before + (number - 1) / self.deal.models))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_has_one_way_to_be_written() {
        assert_eq!(number(&id(1_000_000)), Some(1_000_000));
        assert_eq!(from_digits(&digits(42)), Some(42));
        for other in
            ["synthetic-", "synthetic-01", "synthetic-+1", "synthetic--1", "synthetic-4294967296", "7"]
        {
            assert_eq!(number(other), None, "{other}");
        }
        assert_eq!(from_digits("42"), None);
    }

    #[test]
    fn every_product_has_its_place_and_every_place_its_product() {
        for count in [0, 1, 6, 7, 8, 100] {
            let deal = Deal { count, models: 7 };
            let all = deal.select(vec![3, 0, 6, 1, 2, 5, 4]);
            let mut numbers: Vec<_> = (0..).map_while(|place| all.get(place)).collect();
            assert_eq!(numbers.len(), all.len() as usize);
            for (place, &number) in (0..).zip(&numbers) {
                assert_eq!(all.place(number), Some(place));
            }
            numbers.sort_unstable();
            assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_round_may_end_early() {
        let deal = Deal { count: 10, models: 7 };
        assert_eq!((deal.model(8), deal.beside(8, 2), deal.beside(8, 3)), (0, Some(10), None));
        assert_eq!(deal.beside(9, 0), Some(8));
        assert_eq!(deal.select(vec![4]).place(1), None);
    }

    #[test]
    fn the_largest_number_of_products_overflows_nothing() {
        let deal = Deal { count: i32::MAX.cast_unsigned(), models: 210 };
        let all = deal.select((0..210).collect());
        assert_eq!(all.len(), deal.count);
        let last = all.get(u64::from(deal.count) - 1).unwrap();
        assert_eq!(all.place(last), Some(u64::from(deal.count) - 1));
        assert_eq!(deal.beside(deal.count, 209), None);
    }
}
