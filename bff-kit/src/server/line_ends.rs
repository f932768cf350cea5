//! Line ends of a head of HTTP/1.1 (RFC 9112 §2.2).

/// Looks for lines of a head that end in a line feed alone. Programs differ in whether that ends a line, and where two
/// in a row differ, one's header is the other's request.
///
/// Only what comes while nothing runs is looked at: a head that comes behind another in one piece is not.
#[derive(Debug, Default)]
pub(super) struct LineEnds {
    place: Place,
    after_return: bool,
}

/// A place in a head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Before its first line: empty ones there are not its end.
    #[default]
    Before,
    InLine,
    LineStart,
    /// Behind it.
    Behind,
}

impl LineEnds {
    /// Looks at bytes that came: whether a line of the head ends in a line feed alone.
    pub(super) fn are_wrong_in(&mut self, came: &[u8]) -> bool {
        for byte in came {
            self.place = match (self.place, byte) {
                (Place::Behind, _) => return false,
                (_, b'\n') if !self.after_return => return true,
                (Place::LineStart, b'\n') => Place::Behind,
                (Place::InLine, b'\n') => Place::LineStart,
                (place, b'\n' | b'\r') => place,
                _ => Place::InLine,
            };
            self.after_return = *byte == b'\r';
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::LineEnds;

    /// Whether a head is wrong, however it came.
    fn is_wrong(text: &str) -> bool {
        let whole = LineEnds::default().are_wrong_in(text.as_bytes());
        let mut ends = LineEnds::default();
        let in_pieces = text.bytes().any(|byte| ends.are_wrong_in(&[byte]));
        assert_eq!(whole, in_pieces, "{text:?}");
        whole
    }

    #[test]
    fn a_line_feed_alone_is_found_in_a_head_and_left_alone_behind_it() {
        for good in [
            "GET / HTTP/1.1\r\nhost: bff\r\n\r\n",
            "\r\n\r\nGET / HTTP/1.1\r\n\r\nbody\nof lines\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\n\0\n",
            "",
        ] {
            assert!(!is_wrong(good), "{good:?}");
        }
        for bad in [
            "GET / HTTP/1.1\nhost: bff\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: bff\n\r\n",
            "GET / HTTP/1.1\r\nhost: bff\r\n\n",
            "\nGET / HTTP/1.1\r\n\r\n",
        ] {
            assert!(is_wrong(bad), "{bad:?}");
        }
    }
}
