//! Positions of rows in the lists of an assortment. Page tokens hold them: the next page begins
//! after one.

use serde::{Deserialize, Serialize};

/// The position of a product in a list by name: its name, then its identifier among products of one name.
pub(crate) type ListPosition = (String, String);

/// The position of a product in the results of a search: its rank, then its identifier among products of one rank.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SearchPosition {
    /// The bits of the rank, which text would round.
    pub(crate) rank: u64,
    pub(crate) id: String,
}

/// The position of a review in the list of a product: its time in microseconds since 1970, then its identifier among
/// reviews of one time.
pub(crate) type ReviewPosition = (i64, String);

/// The position of a product in a list of recommendations; a smaller one is better.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RecommendationPosition {
    /// 0 for a product related to one that the user has reviewed, 1 for any other.
    pub(crate) tier: i64,
    /// Minus the stars of all its reviews together, which are their number times their mean.
    pub(crate) rank: i64,
    /// The identifier, which decides among products of one rank.
    pub(crate) id: String,
}

impl SearchPosition {
    /// The position of a product among others that match equally well.
    pub(crate) fn unranked(id: String) -> Self {
        Self { rank: 0, id }
    }
}

impl RecommendationPosition {
    /// The position of a product among others that are equally good.
    pub(crate) fn unranked(id: String) -> Self {
        Self { tier: 0, rank: 0, id }
    }
}
