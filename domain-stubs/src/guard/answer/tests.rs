use super::*;

#[test]
fn messages_are_counted_without_their_headers_wherever_the_stream_is_cut() {
    let mut stream = Vec::new();
    for length in [3, 0, 300_u32] {
        stream.push(0);
        stream.extend(length.to_be_bytes());
        stream.extend(vec![7; length as usize]);
    }
    for piece in 1..stream.len() {
        let mut counter = Counter::default();
        let bytes: i64 = stream.chunks(piece).map(|data| counter.count(data)).sum();
        assert_eq!(bytes, 303, "in pieces of {piece}");
    }
}
