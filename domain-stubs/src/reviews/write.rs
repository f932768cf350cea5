//! Writing of a review: once for each user and product, and once for each idempotency key.

use jiff::Timestamp;
use proto::reviews::{CreateReviewRequest, CreateReviewResponse, Review};
use rusqlite::{Connection, params};
use tonic::Code;
use tonic_types::FieldViolation;

use super::stored;
use crate::{catalog::check_product, clock, idempotency, refusal::Refusal, users};

const RPC: &str = "shop.reviews.v1.ReviewService/CreateReview";

/// A valid review, to be written if the product exists and the author has not reviewed it yet.
#[derive(Debug)]
pub(super) struct Draft {
    request: CreateReviewRequest,
    author: String,
    now: Timestamp,
}

impl Draft {
    /// Checks the fields of a request, as far as this needs no store.
    pub(super) fn new(request: CreateReviewRequest, author: &str, now: Timestamp) -> Result<Self, Refusal> {
        let mut violations = Vec::from_iter(idempotency::violation(&request.idempotency_key));
        if !(1..=5).contains(&request.rating) {
            violations.push(FieldViolation::new("rating", "must be between 1 and 5"));
        }
        if !(1..=2_000).contains(&request.text.chars().count()) {
            violations.push(FieldViolation::new("text", "must have 1 to 2000 characters"));
        }
        if !violations.is_empty() {
            return Err(Refusal::invalid_fields("REVIEW_INVALID", violations));
        }
        Ok(Self { request, author: author.to_owned(), now })
    }
}

/// Writes a review, or returns the response of an equal request that has written it already.
pub(super) fn create(db: &Connection, draft: &Draft) -> Result<CreateReviewResponse, Refusal> {
    let time = draft.now.as_microsecond();
    let (key, request) = (&draft.request.idempotency_key, &draft.request);
    idempotency::Write { rpc: RPC, subject: &draft.author, key, request, time }
        .once(db, || write(db, draft, time))
}

fn write(db: &Connection, draft: &Draft, create_time: i64) -> Result<CreateReviewResponse, Refusal> {
    check_product(db, &draft.request.product_id)?;
    let author_name = users::known_name(db, &draft.author, create_time)?;
    let review = Review {
        id: stored::review_id(&draft.request.product_id, &draft.author),
        product_id: draft.request.product_id.clone(),
        author_id: draft.author.clone(),
        author_name,
        rating: draft.request.rating,
        text: draft.request.text.clone(),
        create_time: Some(clock::stored_to_proto(create_time)),
    };
    insert(db, &review, create_time)?;
    Ok(CreateReviewResponse { review: Some(review) })
}

fn insert(db: &Connection, review: &Review, create_time: i64) -> Result<(), Refusal> {
    let written = db
        .prepare_cached(
            "INSERT INTO reviews (id, product_id, author_id, rating, text, create_time)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (product_id, author_id) DO NOTHING",
        )?
        .execute(params![
            review.id,
            review.product_id,
            review.author_id,
            review.rating,
            review.text,
            create_time
        ])?;
    if written == 0 {
        let problem = format!("{:?} has reviewed {:?} already", review.author_id, review.product_id);
        return Err(Refusal::new(Code::AlreadyExists, "ALREADY_REVIEWED", problem));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(rating: i32, text: &str) -> Result<Draft, Refusal> {
        let request = CreateReviewRequest {
            idempotency_key: "12345678".into(),
            product_id: "kettle".into(),
            rating,
            text: text.into(),
        };
        Draft::new(request, "user-ada", Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_text_is_as_long_as_it_has_characters_and_not_bytes() {
        assert!(draft(5, &"ß".repeat(2_000)).is_ok());
        assert!(draft(5, &"ß".repeat(2_001)).is_err());
        assert!(draft(5, "").is_err());
    }

    #[test]
    fn stars_are_one_to_five() {
        assert!([1, 5].iter().all(|&stars| draft(stars, "good").is_ok()));
        assert!([i32::MIN, -1, 0, 6].iter().all(|&stars| draft(stars, "good").is_err()));
    }
}
