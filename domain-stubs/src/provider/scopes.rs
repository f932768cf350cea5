//! The scopes of tokens.

use std::{collections::BTreeSet, fmt};

/// Asks for an ID token, and lets the user's claims be read.
pub(super) const OPENID: &str = "openid";
/// The name of the user may be read.
pub(super) const PROFILE: &str = "profile";
/// The address of the user may be read.
pub(super) const EMAIL: &str = "email";
/// The grant outlives the session of the browser.
pub(super) const OFFLINE_ACCESS: &str = "offline_access";

/// A set of scopes (RFC 6749, section 3.3). Every well-formed scope is granted: the provider knows no permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scopes(BTreeSet<String>);

impl Scopes {
    /// Reads names that single spaces separate. Returns `None` if one holds a character that RFC 6749 forbids.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_name = |name: &str| {
            let allowed = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
            !name.is_empty() && name.bytes().all(allowed)
        };
        if text.is_empty() {
            return Some(Self::default());
        }
        text.split(' ').map(|name| is_name(name).then(|| name.to_owned())).collect::<Option<_>>().map(Self)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Returns true if every scope is among the others.
    pub(super) fn are_within(&self, others: &Self) -> bool {
        self.0.is_subset(&others.0)
    }

    /// The text of a claim or parameter; `None` without a scope.
    pub(super) fn text(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.to_string())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            write!(f, "{}{name}", if index == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}
