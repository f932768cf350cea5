//! Texts and codes of errors in the words of a team.

/// Messages of the errors of fields that the kit itself writes, and codes of a team's own. Rejections of requests keep the
/// messages of the kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Message of every error whose cause is not shown.
    pub masked: &'static str,
    /// Message of `UNAUTHENTICATED`.
    pub unauthenticated: &'static str,
    /// Message of `FORBIDDEN`.
    pub forbidden: &'static str,
    /// Message of `REFUSED`, and of the codes below: a service declines for a business reason.
    pub declined: &'static str,
    /// Message of `RATE_LIMITED` from a service.
    pub rate_limited: &'static str,
    /// Business reasons of services that are codes of their own, such as `"CARD_DECLINED"`: `extensions.code` is then the
    /// reason instead of `REFUSED`.
    pub codes: &'static [&'static str],
}

/// An error whose message the kit itself writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saying {
    Masked,
    Unauthenticated,
    Forbidden,
    Declined,
    RateLimited,
}

impl Words {
    /// Words that fit any team, and no codes.
    pub const DEFAULT: Self = Self {
        masked: "Something went wrong on our side.",
        unauthenticated: "Sign in first.",
        forbidden: "You may not do this.",
        declined: "This was declined.",
        rate_limited: "Too many requests; try again in a moment.",
        codes: &[],
    };

    pub(crate) const fn of(&self, saying: Saying) -> &'static str {
        match saying {
            Saying::Masked => self.masked,
            Saying::Unauthenticated => self.unauthenticated,
            Saying::Forbidden => self.forbidden,
            Saying::Declined => self.declined,
            Saying::RateLimited => self.rate_limited,
        }
    }
}
