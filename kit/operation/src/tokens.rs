//! Hash of a document's tokens, to recognise documents that differ only in the text between their tokens.

use sha2::{Digest as _, Sha256};

use super::parse::{Lexer, Token};

/// Hash of a document's tokens. White space, commas, comments, byte order marks and the notation of strings make no
/// difference, since no server reads another operation from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Returns the hash and the number of tokens of a text, in time proportional to its length; `None` if the text has
    /// a lexical error or more than `max_tokens` tokens.
    #[must_use]
    pub fn of(text: &str, max_tokens: u64) -> Option<(Self, u64)> {
        let mut lexer = Lexer::new(text);
        let mut hash = Sha256::new();
        for count in 0..=max_tokens {
            let (token, _) = lexer.next().ok()?;
            let (kind, text) = match &token {
                Token::End => return Some((Self(hash.finalize().into()), count)),
                Token::Punctuator(byte) => (*byte, ""),
                Token::Spread => (b'.', ""),
                Token::Name(name) => (b'n', *name),
                Token::Int(digits) => (b'i', *digits),
                Token::Float(digits) => (b'f', *digits),
                Token::String { text, .. } => (b's', text.as_ref()),
            };
            hash.update([kind]);
            hash.update(text);
            hash.update([END]);
        }
        None
    }
}

/// Terminator of each token in the hashed bytes: no UTF-8 text contains this byte.
const END: u8 = 0xFF;

#[cfg(test)]
mod tests {
    use super::TokenHash;

    fn hash(text: &str) -> TokenHash {
        TokenHash::of(text, 1_000).unwrap().0
    }

    #[test]
    fn text_between_tokens_makes_no_difference_and_all_else_does() {
        let text = "query A($a: Int = 1) {\n  b(c: \"x y\", d: [1, 2.0])\n  ...E @f\n}\n";
        for same in [
            text.trim_end().to_owned(),
            text.replace('\n', "\r\n"),
            text.replace(' ', "\t").replace("x\ty", "x y"),
            text.replace(',', " , ,"),
            format!("\u{feff}# a comment {{\n{text}# another"),
            text.replace("query A(", "query\nA ("),
            text.replace("\"x y\"", "\"x\\u0020y\""),
            text.replace("\"x y\"", "\"\"\"\n    x y\n  \"\"\""),
        ] {
            assert_eq!(hash(&same), hash(text), "{same}");
        }
        for other in [
            text.replace("x y", "x  y"),
            text.replace("x y", "x,y"),
            text.replace("\"x y\"", "x y"),
            text.replace("[1, 2.0]", "[12.0]"),
            text.replace("[1, 2.0]", "[1 2]"),
            text.replace("= 1", "= 01").replace("01", "1 1"),
            text.replace("b(", "b: b("),
            text.replace("...E", "E"),
            text.replace("query A", "queryA"),
            format!("{text}{{ a }}"),
            text.replace("Int", "Int!"),
        ] {
            assert_ne!(hash(&other), hash(text), "{other}");
        }
    }

    #[test]
    fn a_text_is_read_no_further_than_a_number_of_tokens() {
        assert_eq!(TokenHash::of("{ a b }", 4).unwrap().1, 4);
        assert_eq!(TokenHash::of("{ a b }", 3), None);
        // The text after the last permitted token is not read.
        assert_eq!(TokenHash::of("{ a b } %", 3), None);
        assert_eq!(TokenHash::of("{ a % }", 10), None);
    }
}
