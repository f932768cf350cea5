//! Parameters of queries and forms.

/// Upper bound on the bytes of the query of a login or callback.
const MAX_QUERY_BYTES: usize = 8 * 1024;

/// Returns the parameters of a query or form that were asked for, by their names. Fails if one of
/// them stands twice (RFC 6749, section 3.1). An empty one is absent.
pub(super) fn parameters<const N: usize>(
    encoded: &[u8],
    names: [&str; N],
) -> Result<[Option<String>; N], &'static str> {
    let mut found = [const { None }; N];
    for (name, value) in form_urlencoded::parse(encoded) {
        let Some(index) = names.iter().position(|it| *it == name) else { continue };
        if found[index].replace(value.into_owned()).is_some() {
            return Err("a parameter stands twice");
        }
    }
    Ok(found.map(|value| value.filter(|it| !it.is_empty())))
}

/// Does the same for the query of a request. Fails if it is too long, too.
pub(super) fn query<const N: usize>(
    query: Option<String>,
    names: [&str; N],
) -> Result<[Option<String>; N], &'static str> {
    let query = query.unwrap_or_default();
    if query.len() > MAX_QUERY_BYTES {
        return Err("the query is too long");
    }
    parameters(query.as_bytes(), names)
}
