//! Who has an account, and how they want to be treated.

use std::sync::Arc;

use fetch::{Answers, Call, Command, Fault, Fetch, Keyed, Rpc};
use proto::users::user_result::Outcome;
use proto::users::{
    BatchGetUsersRequest, BatchGetUsersResponse, GetPreferencesRequest, GetPreferencesResponse, Preferences,
    UpdatePreferencesRequest, UpdatePreferencesResponse, User,
};

use crate::key_error;

/// A user, by their id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserById(pub Arc<str>);

impl Fetch for UserById {
    const RPC: Rpc = Rpc::read("shop.users.v1.UserService/BatchGetUsers");
    const MAX_KEYS: usize = 100;
    const READS: &'static [&'static str] = &["id"];
    type Value = Arc<User>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> Answers<Self> {
        let user_ids = keys.iter().map(|key| key.0.to_string()).collect();
        let request = BatchGetUsersRequest { user_ids, read_mask: call.mask() };
        call.answer(keys, request, |response: BatchGetUsersResponse| {
            response.results.into_iter().map(|result| {
                let answer = match result.outcome {
                    Some(Outcome::Item(user)) => Ok(Arc::new(user)),
                    Some(Outcome::Error(error)) => Err(key_error::fault(error)),
                    None => Err(key_error::no_outcome()),
                };
                (Self(result.user_id.into()), answer)
            })
        })
        .await
    }
}

impl Keyed for UserById {
    const KEY: &'static [&'static str] = &["id"];

    fn known(&self) -> Arc<User> {
        Arc::new(User { id: self.0.to_string(), ..User::default() })
    }
}

/// The preferences of the acting user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MyPreferences;

impl Fetch for MyPreferences {
    const RPC: Rpc = Rpc::read("shop.users.v1.UserService/GetPreferences");
    const MAX_KEYS: usize = 1;
    const READS: &'static [&'static str] = &["language"];
    type Value = Arc<Preferences>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> Answers<Self> {
        let request = GetPreferencesRequest { read_mask: call.mask() };
        call.answer(keys, request, |response: GetPreferencesResponse| {
            [(Self, Ok(Arc::new(response.preferences.unwrap_or_default())))]
        })
        .await
    }
}

/// Changes some preferences of the acting user.
#[derive(Clone, Debug)]
pub struct UpdatePreferences {
    /// Key under which repeating it changes nothing more.
    pub idempotency_key: String,
    /// The new values.
    pub preferences: Preferences,
    /// Paths of the values to change.
    pub paths: Vec<String>,
}

impl Command for UpdatePreferences {
    const RPC: Rpc = Rpc::idempotent_write("shop.users.v1.UserService/UpdatePreferences");
    const ALIASES: &'static [(&'static str, &'static str)] =
        &[("preferences.language", "language"), ("preferences.country_code", "country")];
    type Value = Arc<Preferences>;

    async fn send(self, call: Call<'_>) -> Result<Self::Value, Fault> {
        let request = UpdatePreferencesRequest {
            idempotency_key: self.idempotency_key,
            preferences: Some(self.preferences),
            update_mask: Some(fetch::Mask::from_iter(self.paths).to_message()),
        };
        let response: UpdatePreferencesResponse = call.unary(request).await?;
        response.preferences.map(Arc::new).ok_or_else(key_error::no_outcome)
    }
}
