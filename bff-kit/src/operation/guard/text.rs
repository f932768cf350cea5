//! A document before it is parsed: how many tokens it has, and how deep its brackets nest.
//!
//! The parser behind async-graphql descends for every bracket, so that their number must be known before it runs.
//! Tokens are split as that parser splits them. Where it would give up, this reads on: nothing after that place
//! reaches the parser's stack.

/// What a text holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TextSize {
    /// Comments count as well.
    pub(super) tokens: u64,
    /// Brackets of any kind that are open at once.
    pub(super) nesting: u64,
}

/// Measures a text, reading every byte a bounded number of times.
pub(super) fn measure(text: &str) -> TextSize {
    let bytes = text.as_bytes();
    let mut size = TextSize::default();
    let (mut at, mut open) = (0, 0_u64);
    let mut blocks_end = true;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let length = match byte {
            b' ' | b',' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            0xEF if rest.starts_with(b"\xEF\xBB\xBF") => {
                at += 3;
                continue;
            }
            // No token to the parser, but slower than most of them.
            b'#' => rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len()),
            b'"' => {
                let block = if blocks_end && rest.starts_with(b"\"\"\"") { block_string(rest) } else { None };
                // Once no block string ends any more none ever will, and the parser takes the quotes for those of
                // plain strings.
                blocks_end &= block.is_some() || !rest.starts_with(b"\"\"\"");
                block.unwrap_or_else(|| string(rest))
            }
            b'{' | b'[' | b'(' => {
                open += 1;
                size.nesting = size.nesting.max(open);
                1
            }
            b'}' | b']' | b')' => {
                open = open.saturating_sub(1);
                1
            }
            b'.' if rest.starts_with(b"...") => 3,
            b'-' | b'0'..=b'9' => number(rest),
            byte if is_name(byte) => name(rest),
            _ => 1,
        };
        size.tokens += 1;
        at += length;
    }
    size
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Length of a name. The parser reads `nulltrue` as two values where values stand, so those words end a name.
fn name(rest: &[u8]) -> usize {
    let word = [&b"true"[..], b"false", b"null"].into_iter().find(|word| rest.starts_with(word));
    let end = || rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len());
    word.map_or_else(end, <[u8]>::len)
}

/// Length of a number: `00` is two of them.
fn number(rest: &[u8]) -> usize {
    let digits = |from: usize| rest[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = usize::from(rest[0] == b'-');
    end += if rest.get(end) == Some(&b'0') { 1 } else { digits(end) };
    if rest.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if matches!(rest.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
        if digits((end + 1 + sign).min(rest.len())) > 0 {
            end += 1 + sign + digits(end + 1 + sign);
        }
    }
    end
}

/// Length of a string; up to the end of the line where it does not end.
fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\r' | b'\n' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    rest.len()
}

/// Length of a block string; none where it does not end.
fn block_string(rest: &[u8]) -> Option<usize> {
    let mut at = 3;
    loop {
        let quote = at + rest[at..].iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        at = match &rest[quote..] {
            [b'\\', b'"', b'"', b'"', ..] => quote + 4,
            [b'"', b'"', b'"', ..] => return Some(quote + 3),
            _ => quote + 1,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_those_of_the_parser() {
        let cases = [
            ("", 0, 0),
            (" ,\t\r\n\u{feff}# a { b\n#", 2, 0),
            ("{ a }", 3, 1),
            ("{ a(b: [1, {c: $d}]) @e ...F ... on G { h } }", 26, 4),
            ("\"a { \\\" b\" \"\" c", 3, 0),
            ("\"\"\" { \" \\\"\"\" { \"\"\" a", 2, 0),
            // No block string ends here: an empty string, and one that ends with the line.
            ("\"\"\" {", 2, 0),
            ("\"\"\"\" { [", 4, 2),
            ("[00-1-1 1.5e+3 1.e]", 10, 1),
            ("[nulltruefalse nullable]", 7, 1),
            ("}}}} {{", 6, 2),
            ("äöü", 6, 0),
            ("\"\\", 1, 0),
            ("1e", 2, 0),
        ];
        for (text, tokens, nesting) in cases {
            assert_eq!(measure(text), TextSize { tokens, nesting }, "{text}");
        }
    }
}
