use super::*;

#[test]
fn well_formed_tags_are_languages_in_any_case() {
    let tags = [
        "en",
        "EN",
        "de-CH",
        "DE-ch",
        "gsw",
        "zh-Hant-TW",
        "zh-cmn-Hans-CN",
        "es-419",
        "sl-rozaj-biske-1994",
        "de-CH-1901",
        "en-u-ca-buddhist",
        "de-DE-u-co-phonebk-t-en-latn-x-private-1",
        "en-a-myext-b-another",
        "x-whatever-a",
        "i-klingon",
        "EN-gb-OED",
        "sgn-BE-FR",
        "art-lojban",
        "zh-min-nan",
    ];
    for tag in tags {
        assert!(is_language(tag), "{tag:?}");
    }
}

#[test]
fn malformed_tags_are_none() {
    let tags = [
        "",
        "e",
        "e1",
        "en_GB",
        "en-",
        "-en",
        "en--GB",
        "en GB",
        "toolonglanguage",
        "en-toolongpart",
        "en-u",
        "en-u-c",
        "en-x",
        "x",
        "x-",
        "en-a-bbb-a-ccc",
        "de-1901-1901",
        "de-DE-DE",
        "en-Latn-Latn",
        "i-unknown",
        "zh-aaa-bbb-ccc-ddd",
        "ça",
        "en-ü",
    ];
    for tag in tags {
        assert!(!is_language(tag), "{tag:?}");
    }
}
