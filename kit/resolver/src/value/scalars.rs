//! Scalars with a meaning. Clients map each to a type of their own.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::reading::Reading;

/// Defines a scalar whose value is a text.
macro_rules! text {
    ($(#[doc = $doc:literal])* $type:ident as $name:literal, $url:literal) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type(String);

        $(#[doc = $doc])*
        #[Scalar(name = $name, specified_by_url = $url)]
        impl ScalarType for $type {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => Ok(Self(text)),
                    other => Err(InputValueError::expected_type(other)),
                }
            }

            fn is_valid(value: &Value) -> bool {
                matches!(value, Value::String(_))
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }

        impl<T: Into<String>> From<T> for $type {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }
    };
}

text! {
    /// Country by ISO 3166-1 alpha-2, such as "FR".
    CountryCode as "CountryCode", "https://www.iso.org/iso-3166-country-codes.html"
}

text! {
    /// Currency by ISO 4217, such as "EUR".
    CurrencyCode as "CurrencyCode", "https://www.iso.org/iso-4217-currency-codes.html"
}

text! {
    /// Decimal number of any length, such as "89.00".
    Decimal as "Decimal", "https://www.w3.org/TR/xmlschema11-2/#decimal"
}

text! {
    /// Language by BCP 47, such as "en".
    Language as "Language", "https://www.rfc-editor.org/info/bcp47"
}

text! {
    /// Address by the URL standard of the WHATWG.
    Url as "URL", "https://url.spec.whatwg.org/"
}

/// Date and time by RFC 3339, in UTC, such as "2026-06-01T12:00:00Z".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTime(jiff::Timestamp);

impl DateTime {
    /// Returns the time a service sent; `None` if it sent none, or one that RFC 3339 cannot express.
    #[must_use]
    pub fn of(time: Option<&prost_types::Timestamp>) -> Option<Self> {
        time.and_then(super::instant).map(Self)
    }

    /// Returns the time of a field for which a service need not send any: only a time that RFC 3339 cannot express leaves
    /// an entry of `extensions.degraded`.
    #[must_use]
    pub fn if_any(ctx: &impl Reading, time: Option<&prost_types::Timestamp>) -> Option<Self> {
        time.and_then(|_| ctx.known(Self::of(time)))
    }
}

/// Date and time by RFC 3339, in UTC, such as "2026-06-01T12:00:00Z".
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().ok().map(Self),
            _ => None,
        }
        .ok_or_else(|| InputValueError::expected_type(value))
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.parse::<jiff::Timestamp>().is_ok())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
