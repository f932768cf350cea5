//! An answer of a BFF, as a test reads it.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde_json::Value;

/// An answer of a BFF.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status of the response.
    pub status: StatusCode,
    /// Headers of the response.
    pub headers: HeaderMap,
    /// The body; null if it is no JSON.
    pub body: Value,
    /// The body's text as received, for tests about its order.
    pub text: String,
}

impl Answer {
    /// Reads a response.
    #[must_use]
    pub fn of(response: Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        let text = String::from_utf8_lossy(&body).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status: head.status, headers: head.headers, body, text }
    }

    /// Asserts that the request was rejected: a status, an error with a code, and no data.
    ///
    /// # Panics
    /// If it was not.
    #[track_caller]
    pub fn rejected(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert!(self.body["errors"][0]["message"].is_string(), "{}", self.text);
        assert!(self.body["errors"][0]["extensions"]["code"].is_string(), "{}", self.text);
        assert!(self.body.get("data").is_none(), "{}", self.text);
    }

    /// Returns the part of the data at a JSON pointer, such as `/product/name`.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    #[must_use]
    pub fn data(&self, pointer: &str) -> &Value {
        let found = self.body.get("data").and_then(|data| data.pointer(pointer));
        found.unwrap_or_else(|| panic!("no data at {pointer} in {}", self.text))
    }

    /// Returns the answer if it has neither errors nor degraded fields.
    ///
    /// # Panics
    /// If it has.
    #[track_caller]
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "a test may only assert it"
    )]
    pub fn whole(self) -> Self {
        assert!(self.is_whole(), "{}", self.text);
        self
    }

    /// Returns true if the answer has neither errors nor degraded fields.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.status == StatusCode::OK
            && self.body.get("errors").is_none()
            && self.body.get("extensions").is_none()
    }

    /// Returns every error as `path: CODE`, sorted.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        let errors = self.body.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut lines: Vec<_> = errors.iter().map(error_line).collect();
        lines.sort();
        lines
    }

    /// Returns every entry of `extensions.degraded` as `path: CODE of Service ×count`.
    #[must_use]
    pub fn degraded(&self) -> Vec<String> {
        let entries = self.body.pointer("/extensions/degraded").and_then(Value::as_array).cloned();
        let line = |entry: Value| {
            let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
            let service = entry["service"].as_str().map_or_else(String::new, |it| format!(" of {it}"));
            format!("{}: {}{service} ×{}", text("path"), text("code"), entry["count"])
        };
        entries.unwrap_or_default().into_iter().map(line).collect()
    }
}

fn error_line(error: &Value) -> String {
    let path = error["path"].as_array().cloned().unwrap_or_default();
    let path: Vec<_> =
        path.iter().map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
    format!("{}: {}", path.join("."), error["extensions"]["code"].as_str().unwrap_or("no code"))
}
