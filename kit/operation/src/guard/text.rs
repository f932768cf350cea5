//! Size of a document before it is parsed: the number of its tokens and the depth of its brackets.

use crate::parse::{Lexer, Token};

/// Size of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TextSize {
    /// Number of tokens, comments included.
    pub(super) tokens: u64,
    /// Largest number of brackets, of any kind, that are open at once.
    pub(super) nesting: u64,
}

/// Measures a text up to its first lexical error, where the parser stops as well.
pub(super) fn measure(text: &str) -> TextSize {
    let mut lexer = Lexer::new(text);
    let mut size = TextSize::default();
    let mut open = 0_u64;
    while let Ok((token, _)) = lexer.next()
        && token != Token::End
    {
        size.tokens += 1;
        match token {
            Token::Punctuator(b'{' | b'[' | b'(') => {
                open += 1;
                size.nesting = size.nesting.max(open);
            }
            Token::Punctuator(b'}' | b']' | b')') => open = open.saturating_sub(1),
            _ => {}
        }
    }
    size.tokens += lexer.comments;
    size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_comments_and_open_brackets_are_counted() {
        let cases = [
            ("", 0, 0),
            (" ,\t\r\n\u{feff}# a { b\n#", 2, 0),
            ("{ a }", 3, 1),
            ("{ a(b: [1, {c: $d}]) @e ...F ... on G { h } }", 26, 4),
            ("\"a { \\\" b\" \"\" c", 3, 0),
            ("\"\"\" { \" \\\"\"\" { \"\"\" a", 2, 0),
            ("}}}} {{", 6, 2),
            ("{ a % { {", 2, 1),
        ];
        for (text, tokens, nesting) in cases {
            assert_eq!(measure(text), TextSize { tokens, nesting }, "{text}");
        }
    }
}
