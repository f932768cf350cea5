//! Names of operations in log lines.

/// Longest name that a log line takes, in bytes.
const MAX_BYTES: usize = 64;

/// The name of an operation, if a log line may hold it: a client that sends one has not been believed yet. It is a name
/// of GraphQL, so that it can end no line and begin no other, and no longer than people make them.
#[must_use]
pub fn loggable_name(name: &str) -> Option<&str> {
    let starts = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_name = name.as_bytes().first().is_some_and(starts) && name.bytes().all(goes_on);
    (is_name && name.len() <= MAX_BYTES).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::loggable_name;

    #[test]
    fn names_of_graphql_are_taken_and_nothing_else() {
        for name in ["A", "_", "productPage_2", &"a".repeat(64)] {
            assert_eq!(loggable_name(name), Some(name));
        }
        for name in ["", "2a", "a b", "a-b", "a\n", "\u{1b}[31m", "ä", "ada@shop.example", &"a".repeat(65)] {
            assert_eq!(loggable_name(name), None, "{name}");
        }
    }
}
