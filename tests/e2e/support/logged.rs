//! Log lines of a test.

use std::io;
use std::sync::{Arc, Mutex};

use bff_kit::host::config::{LogConfig, LogFormat};
use bff_kit::host::log;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// Log lines of this thread as a server writes them, captured until this is dropped: a test that runs on one thread
/// reads those of all its servers.
pub(crate) struct Logged {
    lines: Lines,
    _guard: DefaultGuard,
    /// With only one subscriber, a line that another thread writes first would be switched off for all threads.
    _second: tracing::Dispatch,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Logged {
    pub(crate) fn start(format: LogFormat) -> Self {
        Self::filtered("info", format)
    }

    pub(crate) fn filtered(filter: &str, format: LogFormat) -> Self {
        let lines = Lines::default();
        let config = LogConfig { filter: filter.to_owned(), format };
        let subscriber = log::subscriber(&config, lines.clone(), false).unwrap();
        let second = tracing::Dispatch::new(log::subscriber(&config, std::io::sink, false).unwrap());
        Self { lines, _guard: tracing::subscriber::set_default(subscriber), _second: second }
    }

    /// All lines so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap()
    }

    /// All lines so far, each an object in which no key occurs twice.
    pub(crate) fn json(&self) -> Vec<Map<String, Value>> {
        let object = |line: &str| {
            let mut deserializer = serde_json::Deserializer::from_str(line);
            match Strict.deserialize(&mut deserializer) {
                Ok(Value::Object(object)) => object,
                other => panic!("{other:?}: {line}"),
            }
        };
        self.text().lines().map(object).collect()
    }

    /// The lines whose message starts with this text.
    pub(crate) fn saying(&self, message: &str) -> Vec<Map<String, Value>> {
        self.json()
            .into_iter()
            .filter(|line| line["message"].as_str().unwrap().starts_with(message))
            .collect()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Reads JSON as `serde_json` does, but rejects repeated keys.
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(serde::de::Error::custom(format!("the key {key} stands there twice")));
            }
            object.insert(key, entries.next_value_seed(Self)?);
        }
        Ok(Value::Object(object))
    }
}
