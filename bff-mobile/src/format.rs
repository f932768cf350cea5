//! Texts for a small screen, in the language of the request.

mod money;
mod preview;
mod time;

use bff_kit::RequestScope;

pub(crate) use money::{MONEY, price};
pub(crate) use preview::preview;
pub(crate) use time::when;

/// A language of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    French,
    German,
}

impl Language {
    /// Returns the language of a request; English if the app has none of the languages it accepts.
    pub(crate) fn of(scope: &RequestScope) -> Self {
        match scope.languages().choose(&["en", "fr", "de"]) {
            Some("fr") => Self::French,
            Some("de") => Self::German,
            _ => Self::English,
        }
    }
}
