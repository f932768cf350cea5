//! An answer of a BFF, as a test reads it.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde_json::Value;

use super::snapshot;

/// An answer of a BFF.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    /// The body's text as received, for tests about its order.
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn of(response: Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        let text = String::from_utf8(body.into()).unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status: head.status, headers: head.headers, body, text }
    }

    /// Asserts that the request was rejected: a status, an error with a code, and no data.
    #[track_caller]
    pub(crate) fn rejected(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert!(self.body["errors"][0]["message"].is_string(), "{}", self.text);
        assert!(self.body["errors"][0]["extensions"]["code"].is_string(), "{}", self.text);
        assert!(self.body.get("data").is_none(), "{}", self.text);
    }

    /// The part of the data at a JSON pointer, such as `/product/name`.
    #[track_caller]
    pub(crate) fn data(&self, pointer: &str) -> &Value {
        let found = self.body.get("data").and_then(|data| data.pointer(pointer));
        found.unwrap_or_else(|| panic!("no data at {pointer} in {}", self.text))
    }

    /// Asserts that the answer has neither errors nor degraded fields.
    #[track_caller]
    pub(crate) fn whole(self) -> Self {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        assert!(self.body.get("errors").is_none() && self.body.get("extensions").is_none(), "{}", self.text);
        self
    }

    /// Every error as `path: CODE`, sorted.
    pub(crate) fn errors(&self) -> Vec<String> {
        let errors = self.body.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut lines: Vec<_> = errors.iter().map(error_line).collect();
        lines.sort();
        lines
    }

    /// Every entry of `extensions.degraded` as `path: CODE of Service ×count`.
    pub(crate) fn degraded(&self) -> Vec<String> {
        let entries = self.body.pointer("/extensions/degraded").and_then(Value::as_array).cloned();
        let line = |entry: Value| {
            let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
            let service = entry["service"].as_str().map_or_else(String::new, |it| format!(" of {it}"));
            format!("{}: {}{service} ×{}", text("path"), text("code"), entry["count"])
        };
        entries.unwrap_or_default().into_iter().map(line).collect()
    }

    /// The body with its keys sorted.
    pub(crate) fn sorted(&self) -> String {
        snapshot::sorted(&self.body)
    }
}

fn error_line(error: &Value) -> String {
    let path = error["path"].as_array().cloned().unwrap_or_default();
    let path: Vec<_> =
        path.iter().map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
    format!("{}: {}", path.join("."), error["extensions"]["code"].as_str().unwrap_or("no code"))
}
