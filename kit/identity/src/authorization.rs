//! The credential in a header (RFC 9110, section 11.6.2).

use http::{HeaderMap, HeaderName};

/// Returns the one value of a header, `Ok(None)` if the request does not have it. Fails if it has several, or if the
/// value is not printable ASCII: either is a sign of smuggling, and a credential is neither.
pub(crate) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, &'static str> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err("the header of the credential is there twice");
    }
    value.to_str().map(Some).map_err(|_| "the header of the credential is not printable ASCII")
}

/// Returns the credential after a scheme and one space; `None` if the value is of another scheme. Names of schemes are
/// case-insensitive.
pub(crate) fn of_scheme<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    let (named, credential) = value.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then_some(credential)
}
