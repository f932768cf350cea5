//! Lexer of documents, by the lexical grammar of the GraphQL specification (September 2025, §2.1).

use std::borrow::Cow;

use async_graphql::Pos;

use super::SyntaxError;
use super::strings::{block_value, escape};

/// Lexical token. White space, commas, comments and byte order marks are ignored and yield no token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    /// One of `! $ & ( ) : = @ [ ] { | }`.
    Punctuator(u8),
    /// `...`
    Spread,
    Name(&'a str),
    Int(&'a str),
    Float(&'a str),
    String {
        text: Cow<'a, str>,
        block: bool,
    },
    End,
}

/// Reads a text token by token, in time proportional to its length.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: usize,
    /// Byte offset of the start of the line.
    line_start: usize,
    /// Number of bytes less the number of UTF-16 code units in the line so far. Columns count code units, as editors
    /// and other GraphQL servers do.
    wide: usize,
    /// Number of comments so far.
    pub comments: u64,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, line: 1, line_start: 0, wide: 0, comments: 0 }
    }

    /// Returns the next token and its position. After the last token, every call returns [`Token::End`].
    pub(crate) fn next(&mut self) -> Result<(Token<'a>, Pos), SyntaxError> {
        self.skip_ignored();
        let pos = self.pos();
        let Some(byte) = self.peek(0) else { return Ok((Token::End, pos)) };
        let token = match byte {
            b'!' | b'$' | b'&' | b'(' | b')' | b':' | b'=' | b'@' | b'[' | b']' | b'{' | b'|' | b'}' => {
                self.at += 1;
                Token::Punctuator(byte)
            }
            b'.' if self.rest().starts_with(b"...") => {
                self.at += 3;
                Token::Spread
            }
            b'"' if self.rest().starts_with(b"\"\"\"") => self.block_string()?,
            b'"' => self.string()?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ if starts_name(byte) => {
                let start = self.at;
                self.skip_while(|byte| starts_name(byte) || byte.is_ascii_digit());
                Token::Name(&self.text[start..self.at])
            }
            _ => return Err(self.error(format!("the character {} stands for nothing here.", self.shown()))),
        };
        Ok((token, pos))
    }

    fn skip_ignored(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b',' | b'\t' => self.at += 1,
                b'\n' | b'\r' => self.end_line(),
                b'#' => {
                    self.comments += 1;
                    while self.peek(0).is_some_and(|byte| !matches!(byte, b'\n' | b'\r')) {
                        self.skip_character();
                    }
                }
                0xEF if self.rest().starts_with("\u{feff}".as_bytes()) => self.skip_character(),
                _ => return,
            }
        }
    }

    fn number(&mut self) -> Result<Token<'a>, SyntaxError> {
        let start = self.at;
        if self.peek(0) == Some(b'-') {
            self.at += 1;
        }
        if self.peek(0) == Some(b'0') {
            self.at += 1;
            if self.peek(0).is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(self.error("a number has no digit after a leading 0.".to_owned()));
            }
        } else {
            self.digits()?;
        }
        let mut float = false;
        if self.peek(0) == Some(b'.') {
            float = true;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(0), Some(b'e' | b'E')) {
            float = true;
            self.at += 1;
            if matches!(self.peek(0), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        if self.peek(0).is_some_and(|byte| byte == b'.' || starts_name(byte)) {
            return Err(self.error(format!("a number does not go on with {}.", self.shown())));
        }
        let text = &self.text[start..self.at];
        Ok(if float { Token::Float(text) } else { Token::Int(text) })
    }

    /// Skips one or more digits.
    fn digits(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        self.skip_while(|byte| byte.is_ascii_digit());
        if self.at == start {
            return Err(self.error(format!("a digit is missing before {}.", self.shown())));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Token<'a>, SyntaxError> {
        self.at += 1;
        let start = self.at;
        // Allocated at the first escape sequence: a string without one is borrowed.
        let mut unescaped: Option<String> = None;
        let mut copied = start;
        loop {
            match self.peek(0) {
                None | Some(b'\n' | b'\r') => return Err(self.error("a string does not end.".to_owned())),
                Some(b'"') => break,
                Some(b'\\') => {
                    let rest = &self.text[self.at..];
                    let Some((character, length)) = escape(rest) else {
                        return Err(self.error("a string holds an escape sequence that is none.".to_owned()));
                    };
                    let text = unescaped.get_or_insert_default();
                    text.push_str(&self.text[copied..self.at]);
                    text.push(character);
                    self.at += length;
                    copied = self.at;
                }
                Some(_) => self.skip_character(),
            }
        }
        let rest = &self.text[copied..self.at];
        self.at += 1;
        let text = match unescaped {
            Some(text) => Cow::Owned(text + rest),
            None => Cow::Borrowed(rest),
        };
        Ok(Token::String { text, block: false })
    }

    fn block_string(&mut self) -> Result<Token<'a>, SyntaxError> {
        self.at += 3;
        let start = self.at;
        loop {
            match self.peek(0) {
                None => return Err(self.error("a block string does not end.".to_owned())),
                Some(b'"') if self.rest().starts_with(b"\"\"\"") => break,
                Some(b'\\') if self.rest().starts_with(b"\\\"\"\"") => self.at += 4,
                Some(b'\n' | b'\r') => self.end_line(),
                Some(_) => self.skip_character(),
            }
        }
        let raw = &self.text[start..self.at];
        self.at += 3;
        Ok(Token::String { text: Cow::Owned(block_value(raw)), block: true })
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    fn skip_while(&mut self, goes_on: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&goes_on) {
            self.at += 1;
        }
    }

    /// Skips one character, which must not end a line.
    fn skip_character(&mut self) {
        let (bytes, units) = match self.bytes[self.at] {
            0xF0.. => (4, 2),
            0xE0.. => (3, 1),
            0xC0.. => (2, 1),
            _ => (1, 1),
        };
        self.at += bytes;
        self.wide += bytes - units;
    }

    fn end_line(&mut self) {
        self.at += if self.rest().starts_with(b"\r\n") { 2 } else { 1 };
        self.line += 1;
        self.line_start = self.at;
        self.wide = 0;
    }

    fn pos(&self) -> Pos {
        Pos { line: self.line, column: self.at - self.line_start - self.wide + 1 }
    }

    fn error(&self, problem: String) -> SyntaxError {
        SyntaxError { pos: self.pos(), problem }
    }

    /// Returns the name of the next character for an error message.
    fn shown(&self) -> String {
        match self.text[self.at..].chars().next() {
            None => "the end".to_owned(),
            Some(character @ ' '..='~') => format!("`{character}`"),
            Some(character) => format!("U+{:04X}", u32::from(character)),
        }
    }
}

fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Result<Vec<Token<'_>>, SyntaxError> {
        let mut lexer = Lexer::new(text);
        let mut tokens = Vec::new();
        loop {
            match lexer.next()? {
                (Token::End, _) => return Ok(tokens),
                (token, _) => tokens.push(token),
            }
        }
    }

    fn string(text: &str) -> Result<String, SyntaxError> {
        match tokens(text)?.as_slice() {
            [Token::String { text, .. }] => Ok(text.to_string()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_are_read_whole_or_not_at_all() {
        assert_eq!(
            tokens("0 -0 12 1.5e+3 2E1").unwrap(),
            [
                Token::Int("0"),
                Token::Int("-0"),
                Token::Int("12"),
                Token::Float("1.5e+3"),
                Token::Float("2E1")
            ]
        );
        for (text, column) in [
            ("01", 2),
            ("-", 2),
            ("1.", 3),
            ("1.x", 3),
            ("1e", 3),
            ("1e+", 4),
            ("1.5.2", 4),
            ("12a", 3),
            (".5", 1),
        ] {
            assert_eq!(tokens(text).unwrap_err().pos, Pos { line: 1, column }, "{text}");
        }
    }

    #[test]
    fn strings_mean_what_their_escapes_say() {
        let cases = [
            (r#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz"),
            (r#""\u0041\u{1F600}\uD83D\uDE00""#, "A\u{1F600}\u{1F600}"),
            ("\"\u{1F600}\"", "\u{1F600}"),
            ("\"\"", ""),
            ("\"\"\"\n    a\n      b \\\"\"\"\r\n\n    c\n  \"\"\"", "a\n  b \"\"\"\n\nc"),
        ];
        for (text, expected) in cases {
            assert_eq!(string(text).unwrap(), expected, "{text}");
        }
        for (text, line, column) in [
            (r#""a\x""#, 1, 3),
            (r#""\uD83D""#, 1, 2),
            (r#""\uDE00\uD83D""#, 1, 2),
            (r#""\u{}""#, 1, 2),
            (r#""\u{110000}""#, 1, 2),
            (r#""\u{000000041}""#, 1, 2),
            ("\"ä\u{1F600}", 1, 5),
            ("\"a\n\"", 1, 3),
            ("\"\"\"a\nb", 2, 2),
        ] {
            assert_eq!(string(text).unwrap_err().pos, Pos { line, column }, "{text}");
        }
    }

    #[test]
    fn columns_count_utf_16_and_lines_end_in_three_ways() {
        let mut lexer = Lexer::new("\u{feff}a # ä\u{1F600}\r\nb\rc\n\"ä\u{1F600}\" d");
        let mut positions = Vec::new();
        while let (token, Pos { line, column }) = lexer.next().unwrap()
            && token != Token::End
        {
            positions.push((line, column));
        }
        assert_eq!(positions, [(1, 2), (2, 1), (3, 1), (4, 1), (4, 7)]);
        assert_eq!(lexer.comments, 1);
    }
}
