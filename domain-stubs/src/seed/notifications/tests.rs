use super::*;

#[test]
fn the_long_text_has_accents_and_emoji_where_a_preview_of_it_ends() {
    let text = TASTING.2;
    assert!(text.chars().count() > 80);
    let around: String = text.chars().skip(42).take(16).collect();
    assert!(around.contains('û') && around.contains('☕'), "{around}");
}
