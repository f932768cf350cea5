//! Interoperable JSON by RFC 8259: text in UTF-8, without duplicate names in an object.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Parses a JSON text. Fails for duplicate names: two parsers may disagree on which one counts, so one may use a value
/// that the other has not checked. Fails as well for a text that nests deeper than the 127 levels of `serde_json`.
pub(super) fn parse(text: &[u8]) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(self)?;
            if object.contains_key(&name) {
                return Err(A::Error::custom(format_args!("`{name}` is given twice")));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn values_are_read_as_serde_json_reads_them() {
        let text = r#" {"b":[1,-2,3.5,1e3,true,null,"\ud83d\ude00 \u00e9"],"a":{"":{},"b":[]},"c":18446744073709551615} "#;
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text.as_bytes()).unwrap().to_string(), expected.to_string());
    }

    #[test]
    fn names_are_given_once_at_every_depth() {
        for text in [
            r#"{"query":"a","query":"b"}"#,
            r#"{"a":{"b":[{"c":1,"d":2,"c":1}]}}"#,
            r#"[{"a":1},{"a":1,"\u0061":2}]"#,
        ] {
            let error = parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("is given twice"), "{error}");
        }
        parse(br#"[{"a":1},{"a":{"a":1}}]"#).unwrap();
    }

    #[test]
    fn an_invalid_text_or_one_that_nests_too_deep_is_an_error() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        parse(nested(127).as_bytes()).unwrap();
        for text in [
            nested(128).into_bytes(),
            "[".repeat(100_000).into_bytes(),
            br#"{"a":"b"} {}"#.to_vec(),
            b"{\"a\":\"\xff\"}".to_vec(),
            b"{\"a\":\"\xed\xa0\x80\"}".to_vec(),
            br#"{"a":"\ud800"}"#.to_vec(),
            b"\xef\xbb\xbf{}".to_vec(),
            b"{\"a\":\"\0\"}".to_vec(),
            b"{\"a\":1e999}".to_vec(),
            b"{'a':1}".to_vec(),
            b"{\"a\":NaN}".to_vec(),
            b"".to_vec(),
        ] {
            assert!(parse(&text).is_err(), "{:?}", String::from_utf8_lossy(&text[..text.len().min(40)]));
        }
    }
}
