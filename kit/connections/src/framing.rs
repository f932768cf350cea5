//! Boundaries of HTTP/1.1 requests on a connection (RFC 9112 §2.2, §6 and §7.1).

use std::cmp::min;

/// Maximum number of bytes kept of a line: the lines that give the length of a body are shorter.
const KEPT: usize = 64;

/// Follows the requests on a connection, and spoils those with a line that ends in a line feed alone or with an
/// ambiguous length. Programs read such requests differently, and where two programs in a row do, a header for one is a
/// request for the other.
///
/// A spoilt request is rejected by the parser when its turn comes, so that requests ahead of it are answered as usual.
#[derive(Debug, Default)]
pub(crate) struct Framing {
    part: Part,
    /// Start of the current line.
    line: Vec<u8>,
    is_long: bool,
    after_return: bool,
    length: Option<u64>,
    is_chunked: bool,
}

/// A part of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    /// Before the first line of a request; empty lines there are skipped.
    #[default]
    Before,
    Headers,
    /// A line with the size of a chunk.
    Size,
    /// Remaining bytes of a body or a chunk.
    Data(u64),
    /// The line end behind a chunk.
    AfterChunk,
    Trailers,
    /// Not followed: HTTP/2, or spoilt.
    Elsewhere,
}

/// Error of a line that spoils its request.
struct Wrong;

impl Framing {
    /// Follows received bytes. Returns the number of bytes up to and including a spoilt one, behind which nothing may
    /// be read; `None` if no byte was spoilt.
    pub(crate) fn follow(&mut self, came: &mut [u8]) -> Option<usize> {
        let mut at = 0;
        while at < came.len() {
            match self.part {
                Part::Elsewhere => return None,
                Part::Data(left) => {
                    let taken = min(left, (came.len() - at) as u64);
                    at += usize::try_from(taken).unwrap_or(usize::MAX);
                    self.part = if taken < left { Part::Data(left - taken) } else { self.after_data() };
                }
                _ => {
                    let rest = &came[at..];
                    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                        self.keep(rest);
                        return None;
                    };
                    self.keep(&rest[..end]);
                    at += end + 1;
                    if self.line_ended().is_err() {
                        // NUL is allowed neither in a head nor in the size of a chunk, so the parser rejects it.
                        came[at - 1] = b'\0';
                        self.part = Part::Elsewhere;
                        return Some(at);
                    }
                }
            }
        }
        None
    }

    /// Keeps a piece of the current line.
    fn keep(&mut self, piece: &[u8]) {
        if let Some(last) = piece.last() {
            self.after_return = *last == b'\r';
        }
        let room = KEPT - self.line.len();
        self.is_long |= piece.len() > room;
        self.line.extend_from_slice(&piece[..min(room, piece.len())]);
    }

    fn line_ended(&mut self) -> Result<(), Wrong> {
        let mut line = std::mem::take(&mut self.line);
        let text = line.strip_suffix(b"\r").unwrap_or(&line);
        let (is_long, after_return) = (self.is_long, self.after_return);
        (self.is_long, self.after_return) = (false, false);
        if !after_return {
            return Err(Wrong);
        }
        self.part = match self.part {
            Part::Before | Part::Trailers if text.is_empty() => Part::Before,
            Part::Before if text == b"PRI * HTTP/2.0" => Part::Elsewhere,
            Part::Before => {
                self.is_chunked = false;
                Part::Headers
            }
            Part::Headers if text.is_empty() => self.body()?,
            Part::Headers => {
                self.header(text, is_long)?;
                Part::Headers
            }
            Part::Size => match size(text, is_long).ok_or(Wrong)? {
                0 => Part::Trailers,
                size => Part::Data(size),
            },
            Part::AfterChunk if text.is_empty() => Part::Size,
            Part::AfterChunk => return Err(Wrong),
            other => other,
        };
        // The next line reuses the allocation.
        line.clear();
        self.line = line;
        Ok(())
    }

    /// Records a header if it gives the length of the body.
    fn header(&mut self, line: &[u8], is_long: bool) -> Result<(), Wrong> {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return Ok(()) };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.is_chunked = true;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let length = number(value, 10).filter(|_| !is_long).ok_or(Wrong)?;
            if self.length.replace(length).is_some_and(|other| other != length) {
                return Err(Wrong);
            }
        }
        Ok(())
    }

    /// Returns the part that follows the head; fails if the length of the body is ambiguous.
    fn body(&mut self) -> Result<Part, Wrong> {
        match (self.is_chunked, self.length.take()) {
            (true, Some(_)) => Err(Wrong),
            (true, None) => Ok(Part::Size),
            (false, None | Some(0)) => Ok(Part::Before),
            (false, Some(length)) => Ok(Part::Data(length)),
        }
    }

    fn after_data(&self) -> Part {
        if self.is_chunked { Part::AfterChunk } else { Part::Before }
    }
}

/// Parses the size of a chunk, without chunk extensions; `None` if malformed.
fn size(line: &[u8], is_long: bool) -> Option<u64> {
    let digits = match line.iter().position(|byte| *byte == b';') {
        Some(end) => &line[..end],
        None if is_long => return None,
        None => line,
    };
    number(digits.trim_ascii_end(), 16)
}

/// Parses a number of digits alone, without a sign; `None` if malformed.
fn number(digits: &[u8], radix: u32) -> Option<u64> {
    let text = str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    u64::from_str_radix(text, radix).ok()
}

#[cfg(test)]
mod tests;
