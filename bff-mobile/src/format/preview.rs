//! Previews of a text: its beginning.

use unicode_segmentation::UnicodeSegmentation as _;

/// Upper bound on the characters of a preview, counted as grapheme clusters.
const MAX_CHARACTERS: usize = 50;

/// Returns the text, or its beginning with an ellipsis in place of the rest: 50 characters at most, none cut in two.
pub(crate) fn preview(text: &str) -> String {
    let mut graphemes = text.grapheme_indices(true);
    match graphemes.nth(MAX_CHARACTERS) {
        None => text.to_owned(),
        Some(_more) => {
            let end = text.grapheme_indices(true).nth(MAX_CHARACTERS - 1).map_or(0, |(at, _)| at);
            format!("{}…", text[..end].trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_is_cut_in_two_however_many_code_points_it_has() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(preview("short"), "short");
        assert_eq!(preview(&family.repeat(50)), family.repeat(50));
        assert_eq!(preview(&family.repeat(51)), format!("{}…", family.repeat(49)));
        let accents = "e\u{301}".repeat(60);
        assert_eq!(preview(&accents), format!("{}…", "e\u{301}".repeat(49)));
    }
}
