//! Parameters of requests.

use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map::Entry},
};

use super::{
    error::{Code, Error},
    scopes::Scopes,
};

/// Upper bound on the bytes of all parameters.
pub(super) const MAX_BYTES: usize = 16 * 1_024;

/// The parameters of a query or a form.
#[derive(Debug, Default)]
pub(super) struct Parameters<'a>(BTreeMap<Cow<'a, str>, Cow<'a, str>>);

impl<'a> Parameters<'a> {
    /// Reads parameters. None may stand twice, and one without a value is absent (RFC 6749, section 3.1).
    pub(super) fn read(encoded: &'a [u8]) -> Result<Self, Error> {
        if encoded.len() > MAX_BYTES {
            return Err(Code::InvalidRequest.because("the parameters are too long"));
        }
        let mut all = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            match all.entry(name) {
                Entry::Vacant(free) => free.insert(value),
                Entry::Occupied(_) => return Err(Code::InvalidRequest.because("a parameter stands twice")),
            };
        }
        all.retain(|_, value| !value.is_empty());
        Ok(Self(all))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| &**value)
    }

    /// Returns a parameter that must be there.
    pub(super) fn require(&self, name: &str, missing: &'static str) -> Result<&str, Error> {
        self.get(name).ok_or(Code::InvalidRequest.because(missing))
    }

    /// Returns the scopes; `None` without the parameter.
    pub(super) fn scopes(&self) -> Result<Option<Scopes>, Error> {
        let malformed = Code::InvalidScope.because("the scope is malformed");
        self.get("scope").map(|text| Scopes::parse(text).ok_or(malformed)).transpose()
    }
}
