//! User accounts and preferences.

use fetch::{Command, Fetch, Mask};
use proto::users::{Preferences, user_service};

use crate::UserId;

/// A user, by their id.
#[derive(Fetch)]
#[fetch(user_service::BatchGetUsers, keys = user_ids, key = id)]
pub struct UserById(pub UserId);

/// The account of the acting user, by their id, with fields that other users may not see.
#[derive(Fetch)]
#[fetch(user_service::BatchGetUsers, keys = user_ids, key = id)]
pub struct AccountOf(pub UserId);

/// The preferences of the acting user.
#[derive(Fetch)]
#[fetch(user_service::GetPreferences, mine)]
pub struct MyPreferences;

/// Changes some preferences of the acting user.
#[derive(Clone, Debug, Command)]
#[command(user_service::UpdatePreferences)]
pub struct UpdatePreferences {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The new values.
    #[key(alias(language = "language", country_code = "country"))]
    pub preferences: Preferences,
    /// Paths of the values to change.
    pub update_mask: Mask,
}
