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
mod tests;
