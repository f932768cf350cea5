//! How somebody wants to be treated.

use std::sync::Arc;

use async_graphql::Object;
use bff_kit::schema::reads;
use proto::users;

pub(crate) struct Preferences(pub(super) Arc<users::Preferences>);

/// How you want to be treated.
#[Object]
impl Preferences {
    /// Language by BCP 47, such as "en".
    #[graphql(directive = reads::apply(["language"]))]
    async fn language(&self) -> &str {
        &self.0.language
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

    /// Country goods are sent to, by ISO 3166-1, such as "FR".
    #[graphql(directive = reads::apply(["country_code"]))]
    async fn country(&self) -> &str {
        &self.0.country_code
    }
}
