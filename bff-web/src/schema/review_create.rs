//! Writing a review.

use async_graphql::{Context, Enum, ID, InputObject, SimpleObject};
use bff_kit::{ContextExt as _, Error, Id};
use downstream::reviews::CreateReview;

use super::product::Product;
use super::review::Review;

/// A review to write.
#[derive(InputObject)]
pub(crate) struct ReviewCreateInput {
    /// Key of your choice, 8 to 64 characters. Sent again with the same key, the review is written once.
    idempotency_key: String,
    /// The product.
    product_id: ID,
    /// Stars, 1 to 5.
    rating: i32,
    /// What you say, plain text, 1 to 2,000 characters.
    text: String,
}

/// What became of a review.
#[derive(SimpleObject)]
pub(crate) struct ReviewCreatePayload {
    /// The review as it was written. Null when it was not.
    review: Option<Review>,
    /// Why it was not written; empty when it was.
    user_errors: Vec<ReviewCreateUserError>,
}

/// Why a review was not written.
#[derive(SimpleObject)]
pub(crate) struct ReviewCreateUserError {
    /// Path of the input it is about, such as `["input", "productId"]`. Null when it is about no single one.
    field: Option<Vec<String>>,
    /// Text to show.
    message: String,
    /// What kind of error it is.
    code: ReviewCreateErrorCode,
}

/// Why a review was not written.
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
pub(crate) enum ReviewCreateErrorCode {
    /// You have reviewed the product before.
    AlreadyReviewed,
    /// The idempotency key was used for another review.
    IdempotencyKeyReused,
    /// There is no such product.
    ProductNotFound,
    /// The shop does not accept it.
    Refused,
}

pub(super) async fn run(ctx: &Context<'_>, input: ReviewCreateInput) -> Result<ReviewCreatePayload, Error> {
    let command = CreateReview {
        idempotency_key: input.idempotency_key,
        product: Id::<Product>::parse(&input.product_id, "input.productId")?.raw(),
        rating: input.rating,
        text: input.text,
    };
    match ctx.send(command).await {
        Ok(review) => Ok(ReviewCreatePayload { review: Some(Review(review)), user_errors: Vec::new() }),
        Err(error) => {
            let error = user_error(&error).ok_or(error)?;
            Ok(ReviewCreatePayload { review: None, user_errors: vec![error] })
        }
    }
}

/// What the user can be told of a refusal; none for a fault.
fn user_error(error: &Error) -> Option<ReviewCreateUserError> {
    let (field, message, code) = match error {
        Error::NotFound => {
            (Some("productId"), "There is no such product.", ReviewCreateErrorCode::ProductNotFound)
        }
        error => match error.refusal()? {
            "ALREADY_REVIEWED" => (
                Some("productId"),
                "You have reviewed this product already.",
                ReviewCreateErrorCode::AlreadyReviewed,
            ),
            "IDEMPOTENCY_KEY_REUSED" => (
                Some("idempotencyKey"),
                "This key was used for another review.",
                ReviewCreateErrorCode::IdempotencyKeyReused,
            ),
            _ => (None, "The shop does not accept this review.", ReviewCreateErrorCode::Refused),
        },
    };
    let field = field.map(|field| vec!["input".to_owned(), field.to_owned()]);
    Some(ReviewCreateUserError { field, message: message.to_owned(), code })
}
