//! The languages that a client accepts.

/// The languages a client accepts, best first, from `Accept-Language` (RFC 9110, §12.5.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Languages(Vec<String>);

impl Languages {
    /// Parses the header. Ranges that cannot be parsed are left out.
    #[must_use]
    pub fn parse(header: &str) -> Self {
        let mut ranges: Vec<(f32, String)> = header
            .split(',')
            .filter_map(|range| {
                let (tag, quality) = match range.split_once(';') {
                    None => (range, 1.0),
                    Some((tag, parameter)) => (tag, parameter.trim().strip_prefix("q=")?.parse().ok()?),
                };
                (quality > 0.0 && quality <= 1.0).then(|| (quality, tag.trim().to_ascii_lowercase()))
            })
            .collect();
        ranges.sort_by(|a, b| b.0.total_cmp(&a.0));
        Self(ranges.into_iter().map(|(_, tag)| tag).collect())
    }

    /// Returns the best of the supported languages, each a primary tag such as `"de"`; `None` if the client accepts
    /// none.
    #[must_use]
    pub fn choose<'a>(&self, supported: &[&'a str]) -> Option<&'a str> {
        self.0.iter().find_map(|tag| {
            let primary = tag.split('-').next().unwrap_or_default();
            supported.iter().find(|language| **language == primary).copied()
        })
    }
}

/// Writes the languages as a list in the form of the header.
impl std::fmt::Display for Languages {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_supported_language_is_chosen() {
        let cases = [
            ("", None),
            ("de-CH", Some("de")),
            ("pt, fr;q=0.8, en;q=0.9", Some("en")),
            ("en;q=0, fr", Some("fr")),
            ("*", None),
            ("de;q=nonsense, fr;q=0.1", Some("fr")),
        ];
        for (header, expected) in cases {
            assert_eq!(Languages::parse(header).choose(&["en", "de", "fr"]), expected, "{header}");
        }
    }
}
