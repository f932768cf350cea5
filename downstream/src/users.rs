//! User accounts and preferences.

use std::sync::Arc;

use fetch::{BatchResult, Call, Command, Fetch, Keyed, Rpc, UpstreamError};
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
    const KEYS: &'static str = "user_ids";
    const READS: &'static [&'static str] = &["id"];
    type Value = Arc<User>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        users(keys, call, |key| key.0.to_string(), |id| Self(id.into())).await
    }
}

/// Fetches users by keys that wrap their ids.
async fn users<F: Fetch<Value = Arc<User>>>(
    keys: Vec<F>,
    call: Call<'_>,
    id: impl Fn(&F) -> String,
    key: impl Fn(String) -> F,
) -> BatchResult<F> {
    let user_ids = keys.iter().map(id).collect();
    let request = BatchGetUsersRequest { user_ids, read_mask: call.mask() };
    call.batch(keys, request, |response: BatchGetUsersResponse| {
        response.results.into_iter().map(move |result| {
            let answer = match result.outcome {
                Some(Outcome::Item(user)) => Ok(Arc::new(user)),
                Some(Outcome::Error(error)) => Err(key_error::fault(error)),
                None => Err(key_error::no_outcome()),
            };
            (key(result.user_id), answer)
        })
    })
    .await
}

impl Keyed for UserById {
    const KEY: &'static [&'static str] = &["id"];

    fn known(&self) -> Arc<User> {
        Arc::new(User { id: self.0.to_string(), ..User::default() })
    }
}

/// The account of the acting user, by their id, with fields that other users may not see.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountOf(pub Arc<str>);

impl Fetch for AccountOf {
    const RPC: Rpc = UserById::RPC;
    const MAX_KEYS: usize = UserById::MAX_KEYS;
    const KEYS: &'static str = UserById::KEYS;
    const READS: &'static [&'static str] = UserById::READS;
    type Value = Arc<User>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        users(keys, call, |key| key.0.to_string(), |id| Self(id.into())).await
    }
}

impl Keyed for AccountOf {
    const KEY: &'static [&'static str] = UserById::KEY;

    fn known(&self) -> Arc<User> {
        UserById(self.0.clone()).known()
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

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let request = GetPreferencesRequest { read_mask: call.mask() };
        call.batch(keys, request, |response: GetPreferencesResponse| {
            [(Self, response.preferences.map(Arc::new).ok_or_else(key_error::no_outcome))]
        })
        .await
    }
}

/// Changes some preferences of the acting user.
#[derive(Clone, Debug)]
pub struct UpdatePreferences {
    /// Idempotency key: repeating the command with the same key changes nothing more.
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

    async fn send(self, call: Call<'_>) -> Result<Self::Value, UpstreamError> {
        let request = UpdatePreferencesRequest {
            idempotency_key: self.idempotency_key,
            preferences: Some(self.preferences),
            update_mask: Some(fetch::Mask::from_iter(self.paths).to_message()),
        };
        let response: UpdatePreferencesResponse = call.unary(request).await?;
        response.preferences.map(Arc::new).ok_or_else(key_error::no_outcome)
    }
}
