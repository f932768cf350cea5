//! Language tags that are well-formed by BCP 47 (RFC 5646, section 2.1). Their parts need not be registered.

/// Tags from before the grammar that do not follow it.
const IRREGULAR: [&str; 17] = [
    "en-GB-oed",
    "i-ami",
    "i-bnn",
    "i-default",
    "i-enochian",
    "i-hak",
    "i-klingon",
    "i-lux",
    "i-mingo",
    "i-navajo",
    "i-pwn",
    "i-tao",
    "i-tay",
    "i-tsu",
    "sgn-BE-FR",
    "sgn-BE-NL",
    "sgn-CH-DE",
];

/// True when a tag is well-formed, in upper or lower case, and names no variant or extension twice.
pub(super) fn is_language(tag: &str) -> bool {
    let lower = tag.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('-').collect();
    let well_formed = parts.iter().all(|part| is_part(part)) && {
        let rest = match parts.as_slice() {
            ["x", ..] => Some(parts.as_slice()),
            [language, rest @ ..] => after_language(language, rest).and_then(after_variants),
            [] => None,
        };
        rest.and_then(after_extensions).is_some_and(|rest| matches!(rest, [] | ["x", _, ..]))
    };
    well_formed || IRREGULAR.iter().any(|irregular| irregular.eq_ignore_ascii_case(tag))
}

/// The parts after a language, its extended languages, its script and its region.
fn after_language<'a, 'b>(language: &str, mut rest: &'a [&'b str]) -> Option<&'a [&'b str]> {
    if !is_alphabetic(language) || language.len() < 2 {
        return None;
    }
    if language.len() <= 3 {
        let extended = rest.iter().take(3).take_while(|part| part.len() == 3 && is_alphabetic(part)).count();
        rest = &rest[extended..];
    }
    rest = skip(rest, |part| part.len() == 4 && is_alphabetic(part));
    rest = skip(rest, |part| match part.len() {
        2 => is_alphabetic(part),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    });
    Some(rest)
}

/// The parts after the variants; `None` when a variant occurs twice.
fn after_variants<'a, 'b>(rest: &'a [&'b str]) -> Option<&'a [&'b str]> {
    let is_variant =
        |part: &&&str| part.len() >= 5 || (part.len() == 4 && part.as_bytes()[0].is_ascii_digit());
    let count = rest.iter().take_while(is_variant).count();
    let (variants, rest) = rest.split_at(count);
    are_different(variants).then_some(rest)
}

/// The parts after the extensions; `None` when an extension is empty or occurs twice.
fn after_extensions<'a, 'b>(mut rest: &'a [&'b str]) -> Option<&'a [&'b str]> {
    let mut singletons = Vec::new();
    while let [singleton, behind @ ..] = rest
        && singleton.len() == 1
        && *singleton != "x"
    {
        let count = behind.iter().take_while(|part| part.len() >= 2).count();
        singletons.push(*singleton);
        rest = behind.get(count..).filter(|_| count > 0)?;
    }
    are_different(&singletons).then_some(rest)
}

fn is_part(part: &str) -> bool {
    (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_alphabetic(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Skips the first part when `is_one` accepts it.
fn skip<'a, 'b>(rest: &'a [&'b str], is_one: impl Fn(&str) -> bool) -> &'a [&'b str] {
    match rest {
        [first, behind @ ..] if is_one(first) => behind,
        _ => rest,
    }
}

fn are_different(parts: &[&str]) -> bool {
    parts.iter().enumerate().all(|(index, part)| !parts[..index].contains(part))
}

#[cfg(test)]
mod tests;
