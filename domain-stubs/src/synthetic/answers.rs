//! The assortment of synthetic products, computed from their numbers.

use proto::{
    catalog::{Category, Product},
    inventory::Stock,
    reviews::{Rating, Review},
};
use rusqlite::Connection;
use serde::Serialize;

use super::{
    Synthetic,
    numbers::{self, Number, Selection},
};
use crate::{
    assortment::{
        Assortment, Found, ReviewRow,
        position::{ListPosition, RecommendationPosition, ReviewPosition, SearchPosition},
        query::Query,
    },
    catalog,
    mask::Mask,
    money::Money,
    page::Page,
    refusal::Refusal,
    seed,
    stored::Stored,
};

impl Assortment for Synthetic {
    fn find(&self, db: &Connection, id: &str, mask: &Mask<Product>) -> rusqlite::Result<Option<Product>> {
        let Some(number) = self.number(id) else { return Stored.find(db, id, mask) };
        let (category, product) = self.seeded(number);
        Ok(Some(mask.trim(seed::complete(&self.seed, category, &product, self.seed_time))))
    }

    fn check(&self, db: &Connection, id: &str) -> Result<(), Refusal> {
        if self.number(id).is_some() { Ok(()) } else { Stored.check(db, id) }
    }

    fn list(
        &self,
        _db: &Connection,
        category: Option<&str>,
        page: &Page<ListPosition>,
    ) -> Result<Found<ListPosition>, Refusal> {
        if let Some(id) = category.filter(|id| self.seed.categories.iter().all(|it| it.id != *id)) {
            return Err(catalog::unknown_category(id));
        }
        let listed = self.by_name(category);
        let numbers = self.page(&listed, page, |(_, id)| id)?;
        let position = |number| (self.name(number), numbers::id(number));
        let rows = numbers.into_iter().map(position).collect();
        Ok(Found { rows, total_size: listed.len().cast_signed() })
    }

    fn search(
        &self,
        db: &Connection,
        query: &Query,
        page: &Page<SearchPosition>,
    ) -> Result<Found<SearchPosition>, Refusal> {
        let (numbers, words) = query.split(numbers::from_digits);
        let found = self.matching(db, words.as_ref())?;
        let Some(&number) = numbers.first() else {
            let numbers = self.page(&found, page, |position| &position.id)?;
            let rows = numbers.into_iter().map(numbers::id).map(SearchPosition::unranked).collect();
            return Ok(Found { rows, total_size: found.len().cast_signed() });
        };
        let is_it = numbers.iter().all(|other| *other == number)
            && (1..=self.deal.count).contains(&number)
            && found.place(number).is_some();
        let is_on_page = is_it && page.after.is_none() && page.skip == 0;
        let rows = is_on_page.then(|| SearchPosition::unranked(numbers::id(number)));
        Ok(Found { rows: rows.into_iter().collect(), total_size: is_it.into() })
    }

    fn categories(&self, _db: &Connection, mask: &Mask<Category>) -> rusqlite::Result<Vec<Category>> {
        let mut categories: Vec<_> = self.seed.categories.iter().collect();
        categories.sort_by_key(|category| category.name.to_ascii_lowercase());
        let category = |category: &seed::Category| Category {
            id: category.id.clone(),
            name: category.name.clone(),
            product_count: self.by_name(Some(&category.id)).len().cast_signed(),
        };
        Ok(categories.into_iter().map(|it| mask.trim(category(it))).collect())
    }

    fn list_price(&self, db: &Connection, id: &str) -> rusqlite::Result<Option<Money>> {
        let Some(number) = self.number(id) else { return Stored.list_price(db, id) };
        Ok(Some(self.seeded(number).1.price))
    }

    fn stock(&self, db: &Connection, id: &str, mask: &Mask<Stock>) -> Result<Stock, Refusal> {
        let Some(number) = self.number(id) else { return Stored.stock(db, id, mask) };
        Ok(mask.trim(self.stock_of(number)))
    }

    fn rating(&self, db: &Connection, id: &str, mask: &Mask<Rating>) -> Result<Rating, Refusal> {
        let Some(number) = self.number(id) else { return Stored.rating(db, id, mask) };
        Ok(mask.trim(self.rating_of(number)))
    }

    fn reviews(
        &self,
        db: &Connection,
        id: &str,
        page: &Page<ReviewPosition>,
        mask: &Mask<Review>,
    ) -> Result<Found<ReviewRow>, Refusal> {
        let Some(number) = self.number(id) else { return Stored.reviews(db, id, page, mask) };
        Ok(self.reviews_of(number, page))
    }

    /// The products in the order of their numbers: there are too many to find the best.
    fn recommended(
        &self,
        _db: &Connection,
        user: &str,
        page: &Page<RecommendationPosition>,
    ) -> rusqlite::Result<Vec<RecommendationPosition>> {
        let after = page.after.as_ref().and_then(|position| self.number(&position.id)).unwrap_or_default();
        let is_new =
            |number: &Number| self.stock_of(*number).available && !self.is_reviewed_by(*number, user);
        let limit = usize::try_from(page.limit()).unwrap_or_default();
        let numbers = (after + 1..=self.deal.count).filter(is_new).take(limit);
        Ok(numbers.map(numbers::id).map(RecommendationPosition::unranked).collect())
    }

    fn related(&self, db: &Connection, id: &str, limit: i64) -> rusqlite::Result<Vec<String>> {
        let Some(number) = self.number(id) else { return Stored.related(db, id, limit) };
        let named = self.beside(number);
        let (category, _) = self.model(self.deal.model(number));
        let category = self.by_name(Some(&category.id));
        let (len, place) = (u64::from(category.len()), category.place(number).unwrap_or_default());
        let others = (1..len).filter_map(|step| category.get((place + step) % len));
        let others = others.filter(|other| !named.contains(other));
        let limit = usize::try_from(limit).unwrap_or_default();
        Ok(named.iter().copied().chain(others).take(limit).map(numbers::id).collect())
    }
}

impl Synthetic {
    /// The products on a page, and the first one after it.
    fn page<P: Serialize>(
        &self,
        selection: &Selection,
        page: &Page<P>,
        id: impl Fn(&P) -> &String,
    ) -> Result<Vec<Number>, Refusal> {
        let begin = match &page.after {
            None => 0,
            Some(after) => {
                let place = self.number(id(after)).and_then(|number| selection.place(number));
                // The token was made when there were other products.
                1 + place.ok_or_else(Refusal::foreign_page_token)?
            }
        } + page.skip.unsigned_abs();
        Ok((begin..begin + page.limit().unsigned_abs()).map_while(|place| selection.get(place)).collect())
    }
}
