//! Values of strings: escape sequences, and the indentation of block strings.

/// Returns the character of the escape sequence at the start of the text, and the length of the sequence in bytes;
/// `None` if the sequence is not valid.
pub(super) fn escape(text: &str) -> Option<(char, usize)> {
    let simple = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((simple, 2))
}

/// Decodes `\u{1F600}`, `\u00E4`, or two of the latter that are a surrogate pair.
fn unicode(text: &str) -> Option<(char, usize)> {
    if let Some(braced) = text.get(3..).filter(|_| text.as_bytes().get(2) == Some(&b'{')) {
        let length = braced.bytes().take(9).position(|byte| byte == b'}')?;
        return Some((char::from_u32(hexadecimal(&braced[..length])?)?, 3 + length + 1));
    }
    let unit = |at: usize| hexadecimal(text.get(at..at + 4)?);
    let first = unit(2)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 6));
    }
    let second = text.get(6..8).filter(|it| *it == "\\u").and_then(|_| unit(8))?;
    let units = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
    let character = char::decode_utf16(units).next()?.ok()?;
    Some((character, 12))
}

fn hexadecimal(digits: &str) -> Option<u32> {
    // `from_str_radix` accepts a sign, which is not valid here.
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if all { u32::from_str_radix(digits, 16).ok() } else { None }
}

/// Returns the value of a block string: the text without the indentation that all its lines but the first share, and
/// without the blank lines around it.
pub(super) fn block_value(raw: &str) -> String {
    let raw = raw.replace("\\\"\"\"", "\"\"\"").replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = raw.split('\n').collect();
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_blank = |line: &&str| indent(line) == line.len();
    let shared = lines.iter().skip(1).filter(|line| !is_blank(line)).map(|line| indent(line)).min();
    let Some(first) = lines.iter().position(|line| !is_blank(line)) else { return String::new() };
    let last = lines.iter().rposition(|line| !is_blank(line)).unwrap_or(first);
    let unindented = (first..=last).map(|index| match index {
        0 => lines[0],
        index => lines[index].get(shared.unwrap_or_default()..).unwrap_or_default(),
    });
    unindented.collect::<Vec<_>>().join("\n")
}
