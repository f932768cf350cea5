//! Texts, ids and cursors as the phone's BFF writes them, in English.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost_types::Timestamp;
use proto::common::Money;

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;
const MONTH_S: i64 = 30 * DAY_S;
const YEAR_S: i64 = 365 * DAY_S;

/// Returns the global id of an object of this type.
#[must_use]
pub fn id(kind: &str, raw: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{kind}:{raw}"))
}

/// Returns the raw id behind a global id of this type; `None` if it is none.
#[must_use]
pub fn raw_id(kind: &str, id: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    text.strip_prefix(kind)?.strip_prefix(':').map(str::to_owned)
}

/// Returns the cursor for a page token; `None` if the token is empty.
#[must_use]
pub fn cursor(token: &str) -> Option<String> {
    (!token.is_empty()).then(|| URL_SAFE_NO_PAD.encode(format!("0:{token}")))
}

/// Returns the number of items to skip and the page token of a cursor; `None` if it is none.
#[must_use]
pub fn read_cursor(cursor: &str) -> Option<(i32, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (skip, token) = text.split_once(':')?;
    Some((skip.parse().ok()?, token.to_owned()))
}

/// Returns an amount as text to show, such as `€1,299.00`. It knows currencies with two decimal places.
#[must_use]
pub fn money(money: &Money) -> String {
    let symbol = match money.currency_code.as_str() {
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        code => code,
    };
    let leads = symbol.chars().count() == 1;
    let sign = if money.units < 0 || money.nanos < 0 { "-" } else { "" };
    let digits = money.units.unsigned_abs().to_string();
    let mut text = String::with_capacity(32);
    text.push_str(sign);
    if leads {
        text.push_str(symbol);
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let cents = money.nanos.unsigned_abs() / 10_000_000;
    text.push('.');
    text.push(char::from(b'0' + (cents / 10 % 10) as u8));
    text.push(char::from(b'0' + (cents % 10) as u8));
    if !leads {
        text.push('\u{a0}');
        text.push_str(symbol);
    }
    text
}

/// Returns the list price as text, if it is another than the customer's.
#[must_use]
pub fn was(list: Option<&Money>, now: Option<&Money>) -> Option<String> {
    let (now, list) = (now?, list?);
    (now != list).then(|| money(list))
}

/// Returns the present, in seconds since 1970.
#[must_use]
pub fn now_s() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |it| i64::try_from(it.as_secs()).unwrap_or(i64::MAX))
}

/// Returns the age of a time as text, such as `5 min ago`.
#[must_use]
pub fn when(then: &Timestamp, now_s: i64) -> String {
    let seconds = now_s - then.seconds;
    match seconds {
        ..MINUTE_S => "just now".to_owned(),
        MINUTE_S..HOUR_S => format!("{} min ago", seconds / MINUTE_S),
        HOUR_S..DAY_S => format!("{} h ago", seconds / HOUR_S),
        _ if seconds < 2 * MONTH_S => format!("{} d ago", seconds / DAY_S),
        _ if seconds < 2 * YEAR_S => format!("{} months ago", seconds / MONTH_S),
        _ => format!("{} years ago", seconds / YEAR_S),
    }
}
