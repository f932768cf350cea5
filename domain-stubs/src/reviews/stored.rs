//! Reviews in the store.

use proto::reviews::Review;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use tonic::Code;

use crate::{
    assortment::{ReviewRow, position::ReviewPosition},
    clock, hash,
    mask::Mask,
    page::Page,
    refusal::Refusal,
};

/// The identifier of the one review a user writes of a product.
pub(crate) fn review_id(product: &str, author: &str) -> String {
    format!("review-{:016x}", hash::hash_words(&[product, author]))
}

/// The number of reviews of a product.
pub(super) fn count(db: &Connection, product: &str) -> rusqlite::Result<i32> {
    db.prepare_cached("SELECT count(*) FROM reviews WHERE product_id = ?1")?
        .query_row([product], |row| row.get(0))
}

/// Columns of a review; those that its mask does not want are empty.
const SELECT: &str = "SELECT id, product_id, author_id, rating, create_time,
    CASE WHEN :text THEN text ELSE '' END,
    CASE WHEN :author_name THEN (SELECT name FROM users WHERE users.id = author_id) ELSE '' END
    FROM reviews";

/// A page of the reviews of a product, newest first.
pub(super) fn list(
    db: &Connection,
    product: &str,
    page: &Page<ReviewPosition>,
    mask: &Mask<Review>,
) -> rusqlite::Result<Vec<ReviewRow>> {
    let (time, id) = page.after.clone().unwrap_or((i64::MAX, String::new()));
    let mut statement = db.prepare_cached(&format!(
        "{SELECT} WHERE product_id = :product AND (create_time, id) < (:time, :id)
         ORDER BY create_time DESC, id DESC LIMIT :limit OFFSET :skip"
    ))?;
    let rows = statement.query_map(
        named_params! {
            ":product": product,
            ":time": time,
            ":id": id,
            ":limit": page.limit(),
            ":skip": page.skip,
            ":text": mask.wants("text"),
            ":author_name": mask.wants("author_name"),
        },
        from_row,
    )?;
    rows.collect()
}

/// A review by its identifier.
pub(super) fn find(db: &Connection, id: &str, mask: &Mask<Review>) -> Result<Review, Refusal> {
    let found = db
        .prepare_cached(&format!("{SELECT} WHERE id = :id"))?
        .query_row(
            named_params! {
                ":id": id,
                ":text": mask.wants("text"),
                ":author_name": mask.wants("author_name"),
            },
            from_row,
        )
        .optional()?;
    let none = || Refusal::new(Code::NotFound, "REVIEW_NOT_FOUND", format!("there is no review {id:?}"));
    found.map(|row| row.review).ok_or_else(none)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<ReviewRow> {
    let (id, create_time): (String, i64) = (row.get(0)?, row.get(4)?);
    let review = Review {
        id: id.clone(),
        product_id: row.get(1)?,
        author_id: row.get(2)?,
        rating: row.get(3)?,
        text: row.get(5)?,
        author_name: row.get(6)?,
        create_time: Some(clock::stored_to_proto(create_time)),
    };
    Ok(ReviewRow { review, position: (create_time, id) })
}
