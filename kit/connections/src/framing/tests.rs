use super::Framing;

const GOOD: &str = "GET / HTTP/1.1\r\nhost: bff\r\n\r\n";

/// Follows requests both in one piece and byte by byte, and returns the bytes that may be read.
fn followed(text: &str) -> Vec<u8> {
    let mut whole = text.as_bytes().to_vec();
    if let Some(spoilt) = Framing::default().follow(&mut whole) {
        whole.truncate(spoilt);
    }
    let mut framing = Framing::default();
    let mut pieces = text.as_bytes().to_vec();
    let spoilt = pieces.chunks_mut(1).position(|piece| framing.follow(piece).is_some());
    pieces.truncate(spoilt.map_or(pieces.len(), |at| at + 1));
    assert_eq!(whole, pieces, "{text:?}");
    whole
}

#[test]
fn requests_as_they_must_be_are_left_as_they_are() {
    for good in [
        GOOD,
        "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 14\r\n\r\nbody\nof lines\n",
        "POST / HTTP/1.1\r\ncontent-length:2\r\ncontent-length: 2 \r\n\r\n\n\n",
        "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\na\n\n\r\nA ;x=\"y\"\r\n0123\n\n6789\r\n0\r\nx: y\r\n\r\n",
        "POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\n\0\n",
        "",
    ] {
        let twice = format!("{good}{GOOD}");
        assert_eq!(followed(&twice), twice.as_bytes(), "{good:?}");
    }
}

#[test]
fn a_request_that_can_be_taken_for_two_is_spoilt_wherever_it_stands() {
    let long = format!("GET / HTTP/1.1\r\ncontent-length:{}5\r\n\r\nabcde", " ".repeat(70));
    let chunked = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n";
    for bad in [
        "GET / HTTP/1.1\nhost: bff\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: bff\n\r\n",
        "GET / HTTP/1.1\r\nhost: bff\r\n\n",
        "\nGET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\ncontent-length: 1, 1\r\n\r\n1",
        "GET / HTTP/1.1\r\ncontent-length: +1\r\n\r\n1",
        "GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n12",
        &long,
        &format!("{chunked}content-length: 5\r\n\r\n0\r\n\r\n"),
        &format!("{chunked}\r\n0\n\r\n"),
        &format!("{chunked}\r\n1\r\nab\r\n0\r\n\r\n"),
        &format!("{chunked}\r\n1\r\na\n0\r\n\r\n"),
        &format!("{chunked}\r\n-1\r\n\r\n"),
        &format!("{chunked}\r\n{}5\r\nabcde\r\n0\r\n\r\n", "0".repeat(70)),
        &format!("{chunked}\r\n0\r\nx: y\n\r\n"),
    ] {
        for ahead in ["", GOOD, &format!("{chunked}\r\n1\r\n\n\r\n0\r\n\r\n")] {
            let all = format!("{ahead}{bad}");
            let left = followed(&all);
            assert!(left.starts_with(ahead.as_bytes()), "{all:?}");
            assert!(left.ends_with(b"\0"), "{all:?}");
        }
    }
}
