use super::*;

fn prefix() -> KeyPrefix {
    KeyPrefix::new("shopd").unwrap()
}

#[test]
fn a_key_that_was_made_has_the_right_form() {
    let keys = std::iter::repeat_with(|| prefix().make().unwrap());
    for key in keys.take(1000) {
        let text = key.text.expose_secret();
        assert!(text.len() == 51 && text.starts_with("shopd_"), "{text}");
        let parts = prefix().parse(text).unwrap();
        assert_eq!((parts.id, parts.secret), (key.id.as_str(), key.secret.expose_secret()));
    }
}

#[test]
fn the_checksum_is_the_crc_32_of_all_before_it_in_base_62() {
    // CRC-32 of "123456789" is 0xCBF43926, the check value of the algorithm.
    assert_eq!(&checksum_of("123456789"), b"3jZRME");
    assert_eq!(&checksum_of(""), b"000000");
}

#[test]
fn each_change_of_one_character_is_noticed() {
    let key = prefix().make().unwrap();
    let text = key.text.expose_secret();
    for at in 0..text.len() {
        for other in [b'0', b'z', b'_', b' ', b'-'] {
            let mut changed = text.as_bytes().to_vec();
            if changed[at] != other {
                changed[at] = other;
                assert!(prefix().parse(std::str::from_utf8(&changed).unwrap()).is_none(), "character {at}");
            }
        }
        assert!(prefix().parse(&text[..at]).is_none(), "cut at {at}");
    }
    assert!(prefix().parse(&format!("{text}0")).is_none());
    assert!(KeyPrefix::new("shopx").unwrap().parse(text).is_none(), "a key of another server");
}

#[test]
fn a_million_malformed_keys_are_rejected_by_their_form() {
    let mut random = fastrand::Rng::with_seed(7);
    let mut text = String::new();
    for _ in 0..1_000_000 {
        text.clear();
        text.push_str("shopd_");
        text.extend((0..45).map(|at| if at == 8 { '_' } else { random.alphanumeric() }));
        assert!(prefix().parse(&text).is_none(), "{text} was guessed: 1 in 4 billion");
    }
}

#[test]
fn no_text_makes_it_panic() {
    for text in ["", "shopd", "shopd_", "shopd_ä", "shopd_12345678_", "é"] {
        assert!(prefix().parse(text).is_none());
    }
    // As many bytes as a key, but the parts of a key would end within characters.
    assert!(prefix().parse(&format!("shopd_0{}", "é".repeat(22))).is_none());
}

#[test]
fn a_prefix_is_short_lower_case_and_has_no_separator() {
    for text in ["", "s", "Shop", "shop_d", "shop-d", "seventeenletters1"] {
        assert!(KeyPrefix::new(text).is_none(), "{text}");
    }
}
