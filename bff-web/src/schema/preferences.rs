//! The preferences of a user.

use std::sync::Arc;

use async_graphql::Object;
use bff_kit::schema::reads;
use bff_kit::value::{CountryCode, Language};
use proto::users;

pub(crate) struct Preferences(pub(super) Arc<users::Preferences>);

/// How you want to be treated.
#[Object]
impl Preferences {
    /// Language you want to read, such as "en".
    #[graphql(directive = reads::apply(["language"]))]
    async fn language(&self) -> Language {
        self.0.language.as_str().into()
    }

    /// Whether a notification makes a sound.
    #[graphql(directive = reads::apply(["notification_sound"]))]
    async fn notification_sound(&self) -> bool {
        self.0.notification_sound
    }

    /// Whether you want news by e-mail.
    #[graphql(directive = reads::apply(["newsletter"]))]
    async fn newsletter(&self) -> bool {
        self.0.newsletter
    }

    /// Country goods are sent to, such as "FR".
    #[graphql(directive = reads::apply(["country_code"]))]
    async fn country(&self) -> CountryCode {
        self.0.country_code.as_str().into()
    }
}
