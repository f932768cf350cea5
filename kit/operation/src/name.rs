//! Names of operations in log lines.

/// Longest name that a log line takes, in bytes.
const MAX_BYTES: usize = 64;

/// Returns the name of an operation if a log line may hold it; `None` otherwise. The client that sends the name is not
/// trusted yet, so it must be a GraphQL name, which cannot end a line and begin another, and no longer than people make
/// names.
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
