//! Preferences in the store.

use proto::users::{Preferences, UpdatePreferencesRequest};
use rusqlite::{Connection, OptionalExtension as _, params};
use tonic_types::FieldViolation;

use super::language::is_language;
use crate::{refusal::Refusal, shipping::is_country};

/// A change of preferences.
#[derive(Debug)]
pub(super) struct Change {
    values: Preferences,
    paths: Vec<String>,
}

impl Change {
    /// Checks the change in a request.
    pub(super) fn new(request: &UpdatePreferencesRequest) -> Result<Self, Refusal> {
        let values = request.preferences.clone().unwrap_or_default();
        let paths = request.update_mask.clone().unwrap_or_default().paths;
        let mut violations = Vec::new();
        if paths.is_empty() {
            violations.push(FieldViolation::new("update_mask", "names nothing to change"));
        }
        for path in &paths {
            match path.as_str() {
                "language" if !is_language(&values.language) => {
                    violations.push(FieldViolation::new("preferences.language", "is not a language tag"));
                }
                "country_code" if !is_country(&values.country_code) => {
                    violations.push(FieldViolation::new("preferences.country_code", "is not a country"));
                }
                "language" | "country_code" | "notification_sound" | "newsletter" => {}
                unknown => {
                    let problem = format!("Preferences has no path {unknown:?}");
                    violations.push(FieldViolation::new("update_mask", problem));
                }
            }
        }
        if violations.is_empty() {
            Ok(Self { values, paths })
        } else {
            Err(Refusal::invalid_fields("PREFERENCES_INVALID", violations))
        }
    }
}

/// The preferences of a user; the defaults of the shop for one who never changed any.
pub(super) fn of(db: &Connection, user: &str) -> Result<Preferences, Refusal> {
    let found = db
        .prepare_cached(
            "SELECT language, notification_sound, newsletter, country_code FROM preferences WHERE user_id = ?1",
        )?
        .query_row([user], |row| {
            Ok(Preferences {
                language: row.get(0)?,
                notification_sound: row.get(1)?,
                newsletter: row.get(2)?,
                country_code: row.get(3)?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or_else(|| Preferences {
        language: "en".to_owned(),
        notification_sound: true,
        newsletter: false,
        country_code: "FR".to_owned(),
    }))
}

/// Changes the preferences of a user; returns all of them.
pub(super) fn update(db: &Connection, user: &str, change: Change) -> Result<Preferences, Refusal> {
    let mut preferences = of(db, user)?;
    let Change { values, paths } = change;
    for path in &paths {
        match path.as_str() {
            "language" => preferences.language.clone_from(&values.language),
            "notification_sound" => preferences.notification_sound = values.notification_sound,
            "newsletter" => preferences.newsletter = values.newsletter,
            _ => preferences.country_code.clone_from(&values.country_code),
        }
    }
    db.prepare_cached(
        "INSERT OR REPLACE INTO preferences (user_id, language, notification_sound, newsletter, country_code)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        user,
        preferences.language,
        preferences.notification_sound,
        preferences.newsletter,
        preferences.country_code
    ])?;
    Ok(preferences)
}
