//! The claims of a credential that a sign-in keeps for resolvers.

use std::sync::Arc;

/// Claims that a sign-in kept: texts, or lists of texts, by name. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Claims(
    /// Sorted by name, each once; `None` if there are none.
    Option<Arc<[Claim]>>,
);

type Claim = (Arc<str>, Box<[Arc<str>]>);

impl Claims {
    /// No claims.
    pub const NONE: Self = Self(None);

    /// Creates claims of their names and values. Of two with one name, the first counts.
    #[must_use]
    pub fn of<'a>(claims: impl IntoIterator<Item = (&'a str, Vec<&'a str>)>) -> Self {
        let claim =
            |(name, values): (&str, Vec<&str>)| (name.into(), values.into_iter().map(Arc::from).collect());
        let mut claims: Vec<Claim> = claims.into_iter().map(claim).collect();
        claims.sort_by(|one, other| one.0.cmp(&other.0));
        claims.dedup_by(|one, other| one.0 == other.0);
        if claims.is_empty() { Self::NONE } else { Self(Some(claims.into())) }
    }

    /// Returns the value of a claim that is one text, such as `client_id`; `None` if it is absent or a longer list.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.list(name) {
            [value] => Some(value),
            _ => None,
        }
    }

    /// Returns the values of a claim that is a list, such as `roles` (RFC 9068, section 2.2.3.1); none if it is absent.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Arc<str>] {
        let claims = self.0.as_deref().unwrap_or_default();
        let at = claims.binary_search_by(|(it, _)| (**it).cmp(name));
        at.map_or(&[], |at| &claims[at].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_one_text_or_a_list() {
        let claims = Claims::of([("roles", vec!["editor", "buyer"]), ("client_id", vec!["app"])]);
        assert_eq!(claims.get("client_id"), Some("app"));
        assert_eq!((claims.get("roles"), claims.list("roles").len()), (None, 2));
        assert_eq!((claims.get("acr"), claims.list("acr").len()), (None, 0));
        assert_eq!(Claims::of([]), Claims::NONE);
    }
}
