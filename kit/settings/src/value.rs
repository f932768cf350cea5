//! Values as they were set, read as the type of their setting: no type is guessed from the look of a text.

use std::collections::BTreeMap;

use serde::de::value::{Error, MapDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

/// A value or a section of values.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A section, by the names of its settings.
    Section(BTreeMap<String, Node>),
    /// A value of a file, with the type of its notation.
    Toml(toml::Value),
    /// A value of the environment or a flag, with the type of its setting.
    Text(String),
}

impl Node {
    /// Sets a value in this section; an error if the path leads through a value.
    pub(crate) fn insert(&mut self, path: &[String], value: Self) -> Result<(), String> {
        let mut node = self;
        let mut inside = "";
        for name in path {
            let Self::Section(section) = node else { return Err(format!("`{inside}` is not a section")) };
            node = section.entry(name.clone()).or_insert_with(|| Self::Section(BTreeMap::new()));
            inside = name;
        }
        *node = value;
        Ok(())
    }
}

/// Parses a value in the notation of TOML; `None` if the text is not one value.
pub(crate) fn toml_of(text: &str) -> Option<toml::Value> {
    let table: toml::Table = format!("value = {text}").parse().ok()?;
    let mut values = table.into_iter();
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}

/// Returns the error about a value of a file, in serde's words and without an extract of the file.
fn in_words(error: &toml::de::Error) -> Error {
    Error::custom(error.message())
}

fn wrong_type<'de, V: Visitor<'de>>(text: &str, visitor: &V) -> Error {
    Error::invalid_type(Unexpected::Str(text), visitor as &dyn serde::de::Expected)
}

/// Implements methods that read numbers, booleans and lists in the notation of a file.
macro_rules! as_in_a_file {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self {
                Self::Text(text) => match toml_of(&text) {
                    Some(value) if !value.is_str() => {
                        value.$method(visitor).map_err(|error| in_words(&error))
                    }
                    _ => Err(wrong_type(&text, &visitor)),
                },
                other => other.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Node {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Section(section) => visitor.visit_map(MapDeserializer::new(section.into_iter())),
            Self::Toml(value) => value.deserialize_any(visitor).map_err(|error| in_words(&error)),
            Self::Text(text) => visitor.visit_string(text),
        }
    }

    as_in_a_file! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64 deserialize_seq
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(text)),
            Self::Toml(value) => {
                value.deserialize_enum(name, variants, visitor).map_err(|error| in_words(&error))
            }
            Self::Section(_) => Err(Error::custom("is no section")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            section @ Self::Section(_) => section.deserialize_any(visitor),
            // The error leaves out the value, which may be a secret of a setting in the section.
            Self::Toml(_) | Self::Text(_) => Err(Error::custom("is a section: set what stands in it")),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct
        newtype_struct tuple tuple_struct identifier ignored_any
    }
}

impl IntoDeserializer<'_> for Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
