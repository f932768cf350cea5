use super::*;

const LINE: &str = r#"{"sku": "A-1", "name": "Tente légère", "brand": "", "category": "Camping",
    "description": "", "price": {"currency": "CHF", "amount": "249.5"}}"#;

#[test]
fn a_line_is_read_to_the_letter() {
    let item = Item::parse(LINE.as_bytes()).unwrap();
    assert_eq!((item.name.as_str(), item.category.as_str()), ("Tente légère", "Camping"));
    assert_eq!((item.price.cents(), item.price.currency().to_string().as_str()), (24_950, "CHF"));
}

#[test]
fn a_bad_line_says_what_is_wrong_with_it() {
    for (from, to, reason) in [
        ("\"A-1\",", "\"A-1\"", "is not JSON: expected `,` or `}` at column 15"),
        (LINE, "[1]", "is not a JSON object"),
        (LINE, "null", "is not a JSON object"),
        (LINE, "{}", "missing field `sku`"),
        ("\"brand\": \"\",", "", "missing field `brand`"),
        (
            "\"brand\"",
            "\"colour\": 1, \"brand\"",
            "colour: unknown field `colour`, expected one of `sku`, `name`, `brand`, `category`, `description`, `price`",
        ),
        ("\"name\"", "\"sku\": \"A-2\", \"name\"", "duplicate field `sku`"),
        ("\"Tente légère\"", "\" \"", "name: must not be empty"),
        ("A-1", "", "sku: must not be empty"),
        ("\"Tente légère\"", "7", "name: invalid type: integer `7`, expected a string"),
        ("\"249.5\"", "249.5", "price.amount: invalid type: floating point `249.5`, expected a string"),
        ("249.5", "-1.00", "price.amount: \"-1.00\" is not a decimal number above zero, such as \"89.00\""),
        ("249.5", "249.505", "price.amount: \"249.505\" has more than the 2 decimals of CHF"),
        ("249.5", "0", "price.amount: \"0\" must be above zero"),
        ("CHF", "sfr.", "price.currency: \"sfr.\" is not three capital letters, such as \"USD\""),
        (
            "{\"currency\": \"CHF\", \"amount\": \"249.5\"}",
            "[\"CHF\", \"249.5\"]",
            "price: must be an object with currency and amount",
        ),
    ] {
        let line = LINE.replacen(from, to, 1);
        assert_ne!(line, LINE, "{from:?} is not in the line");
        assert_eq!(Item::parse(line.as_bytes()), Err(reason.to_owned()), "{line}");
    }
    let long = LINE.replace("A-1", &"ü".repeat(101));
    assert_eq!(Item::parse(long.as_bytes()), Err("sku: must not be longer than 100 characters".to_owned()));
    assert_eq!(Item::parse(b"{\"sku\": \"\xff\"}"), Err("is not UTF-8 from byte 10 on".to_owned()));
}
