//! The user service: accounts and preferences.

mod accounts;
mod language;
mod preferences;

use proto::users::{
    BatchGetUsersRequest, BatchGetUsersResponse, GetPreferencesRequest, GetPreferencesResponse, Preferences,
    UpdatePreferencesRequest, UpdatePreferencesResponse, User, UserResult, user_result::Outcome,
    user_service_server::UserService,
};
use tonic::{Request, Response, Status};

pub(crate) use self::accounts::{NewAccount, email_of, known_name};
use crate::{
    batch::{Answer, Batch},
    clock::Clock,
    credential::Caller,
    idempotency,
    mask::{Mask, Resource},
    store::Store,
};

const UPDATE_PREFERENCES: &str = "shop.users.v1.UserService/UpdatePreferences";

/// Users over the store.
#[derive(Debug, Clone)]
pub(crate) struct Users {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
}

impl Resource for User {
    const NAME: &'static str = "shop.users.v1.User";
    const KEY: Option<&'static str> = Some("id");
}

impl Resource for Preferences {
    const NAME: &'static str = "shop.users.v1.Preferences";
    const KEY: Option<&'static str> = None;
}

#[tonic::async_trait]
impl UserService for Users {
    async fn batch_get_users(
        &self,
        request: Request<BatchGetUsersRequest>,
    ) -> Result<Response<BatchGetUsersResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let principal = Caller::of(&extensions)?.user().map(str::to_owned);
        let mask = Mask::<User>::new(request.read_mask.as_ref())?;
        let batch = Batch::new(&extensions, "user_ids", request.user_ids)?;
        let read = move |db: &_, id: &String| accounts::find(db, id, principal.as_deref(), &mask);
        let results = batch.read(&self.store, read).await?;
        let results = results.into_iter().map(UserResult::from).collect();
        Ok(Response::new(BatchGetUsersResponse { results }))
    }

    async fn get_preferences(
        &self,
        request: Request<GetPreferencesRequest>,
    ) -> Result<Response<GetPreferencesResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let mask = Mask::<Preferences>::new(request.read_mask.as_ref())?;
        let found = self.store.read(move |db| preferences::of(db, &user)).await?;
        Ok(Response::new(GetPreferencesResponse { preferences: Some(mask.trim(found)) }))
    }

    async fn update_preferences(
        &self,
        request: Request<UpdatePreferencesRequest>,
    ) -> Result<Response<UpdatePreferencesResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let change = preferences::Change::new(&request)?;
        let time = self.clock.now().as_microsecond();
        let response = self.store.write(move |db| {
            let (key, request) = (&request.idempotency_key, &request);
            let write = idempotency::Write { rpc: UPDATE_PREFERENCES, subject: &user, key, request, time };
            write.once(db, || {
                // A user with preferences has an account.
                known_name(db, &user, time)?;
                let preferences = Some(preferences::update(db, &user, change)?);
                Ok(UpdatePreferencesResponse { preferences })
            })
        });
        Ok(Response::new(response.await?))
    }
}

impl From<Answer<String, User>> for UserResult {
    fn from(Answer { key: user_id, outcome }: Answer<String, User>) -> Self {
        Self { user_id, outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}
