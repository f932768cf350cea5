//! Reviews of synthetic products. None is stored: they are computed for every page.

use super::{Number, Synthetic};
use crate::{
    assortment::{Found, ReviewRow, position::ReviewPosition},
    clock,
    page::Page,
    reviews::{self, review_id},
    seed,
};
use proto::reviews::{Rating, Review};

impl Synthetic {
    /// The rating of a product, from all its reviews.
    pub(super) fn rating_of(&self, number: Number) -> Rating {
        let (_, product) = self.seeded(number);
        let mut star_counts = vec![0; 5];
        for review in seed::reviews_of(&product, &self.seed.reviews, self.seed_time) {
            star_counts[usize::from(review.stars) - 1] += 1;
        }
        reviews::rating(&product.id, star_counts)
    }

    /// The reviews of a product on a page, and the first one after it, newest first.
    pub(super) fn reviews_of(&self, number: Number, page: &Page<ReviewPosition>) -> Found<ReviewRow> {
        let (_, product) = self.seeded(number);
        let mut rows: Vec<_> = seed::reviews_of(&product, &self.seed.reviews, self.seed_time)
            .into_iter()
            .map(|review| row(&product.id, &review))
            .collect();
        rows.sort_by(|one, other| other.position.cmp(&one.position));
        let total_size = i32::try_from(rows.len()).expect("a product has few reviews");
        rows.retain(|row| page.after.as_ref().is_none_or(|after| row.position < *after));
        let (skip, limit) = (usize::try_from(page.skip), usize::try_from(page.limit()));
        let rows = rows.into_iter().skip(skip.unwrap_or_default()).take(limit.unwrap_or_default());
        Found { rows: rows.collect(), total_size }
    }

    /// True when a user has reviewed a product.
    pub(super) fn is_reviewed_by(&self, number: Number, user: &str) -> bool {
        let (_, product) = self.seeded(number);
        let reviews = seed::reviews_of(&product, &self.seed.reviews, self.seed_time);
        reviews.iter().any(|review| review.author.id == user)
    }
}

fn row(product: &str, review: &seed::Review<'_>) -> ReviewRow {
    let id = review_id(product, &review.author.id);
    let position = (review.create_time, id.clone());
    let review = Review {
        id,
        product_id: product.to_owned(),
        author_id: review.author.id.clone(),
        author_name: review.author.name.clone(),
        rating: review.stars.into(),
        text: review.text.to_owned(),
        create_time: Some(clock::stored_to_proto(review.create_time)),
    };
    ReviewRow { review, position }
}
