//! Ratings of products, from all their reviews.

use proto::reviews::Rating;
use rusqlite::Connection;

use crate::{catalog::check_product, mask::Mask, refusal::Refusal};

/// The rating of a product; `NOT_FOUND` for an unknown one.
pub(crate) fn find(db: &Connection, product: &str, mask: &Mask<Rating>) -> Result<Rating, Refusal> {
    check_product(db, product)?;
    let mut statement =
        db.prepare_cached("SELECT rating, count(*) FROM reviews WHERE product_id = ?1 GROUP BY rating")?;
    let mut rows = statement.query([product])?;
    let mut star_counts = vec![0; 5];
    while let Some(row) = rows.next()? {
        // The table takes no other stars than one to five.
        star_counts[usize::from(row.get::<_, u8>(0)?) - 1] = row.get(1)?;
    }
    Ok(mask.trim(rating(product, star_counts)))
}

/// The rating of a product from the number of its reviews with each star, from one to five.
pub(crate) fn rating(product: &str, star_counts: Vec<i32>) -> Rating {
    Rating {
        product_id: product.to_owned(),
        average: average(&star_counts),
        review_count: star_counts.iter().sum(),
        star_counts,
    }
}

/// The mean, rounded to one decimal place, a half away from zero.
fn average(star_counts: &[i32]) -> f64 {
    let count: i32 = star_counts.iter().sum();
    if count == 0 {
        return 0.0;
    }
    let stars: i32 = (1..).zip(star_counts).map(|(stars, count)| stars * count).sum();
    f64::from((stars * 20 + count) / (count * 2)) / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "the mean is the double nearest to one decimal place")]
    fn the_mean_is_rounded_to_one_decimal_place() {
        assert_eq!(average(&[0, 0, 0, 0, 0]), 0.0);
        assert_eq!(average(&[0, 0, 0, 0, 7]), 5.0);
        assert_eq!(average(&[0, 0, 0, 2, 1]), 4.3);
        assert_eq!(average(&[0, 0, 0, 1, 2]), 4.7);
        assert_eq!(average(&[0, 0, 0, 3, 1]), 4.3, "4.25");
    }
}
