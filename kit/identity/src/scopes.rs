//! The scopes of a credential.

use std::sync::Arc;

/// The scopes of a credential: a set of names, such as `orders:read` (RFC 6749, section 3.3). Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(
    /// Sorted, each once; `None` if there are none.
    Option<Arc<[Arc<str>]>>,
);

impl Scopes {
    /// No scope.
    pub const NONE: Self = Self(None);

    /// Reads names that single spaces separate, as in the claim `scope` (RFC 9068, section 2.2.3). Returns `None` if a
    /// name is empty or holds a character that RFC 6749 forbids. An empty text holds no names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::NONE);
        }
        Self::of(text.split(' '))
    }

    /// Creates a set of names. Returns `None` if one is empty or holds a character that RFC 6749 forbids.
    #[must_use]
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut names: Vec<_> = names.into_iter().collect();
        if !names.iter().all(|name| is_name(name)) {
            return None;
        }
        names.sort_unstable();
        names.dedup();
        Some(if names.is_empty() {
            Self::NONE
        } else {
            Self(Some(names.into_iter().map(Arc::from).collect()))
        })
    }

    /// Returns true if the scope of this name is among them.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names().binary_search_by(|it| (**it).cmp(name)).is_ok()
    }

    /// Returns the names, sorted.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names().iter().map(|name| &**name)
    }

    fn names(&self) -> &[Arc<str>] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// Returns true for a `scope-token` of RFC 6749: printable ASCII without space, `"` and `\`.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_the_names_it_was_made_of_and_no_part_of_one() {
        let scopes = Scopes::parse("orders:write orders:read").unwrap();
        assert!(scopes.has("orders:read") && scopes.has("orders:write"));
        assert!(!scopes.has("orders") && !scopes.has("orders:read orders:write") && !scopes.has(""));
        assert_eq!(scopes.iter().collect::<Vec<_>>(), ["orders:read", "orders:write"]);
        assert_eq!(Scopes::parse(""), Some(Scopes::NONE));
        assert_eq!(Scopes::of([]), Some(Scopes::NONE));
    }

    #[test]
    fn names_that_rfc_6749_forbids_are_rejected() {
        for text in [" ", "a  b", " a", "a ", "a\tb", "a\"", "a\\b", "é"] {
            assert_eq!(Scopes::parse(text), None, "{text:?}");
        }
    }
}
