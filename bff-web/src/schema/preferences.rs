//! The preferences of a user.

use std::sync::Arc;

use async_graphql::Object;
use bff_kit::schema::reads;
use bff_kit::value::{CountryCode, Language};
use proto::users;

pub(crate) struct Preferences(pub(super) Arc<users::Preferences>);

/// Preferences of the signed-in customer.
#[Object]
impl Preferences {
    /// Preferred language by BCP 47, such as "en".
    #[graphql(directive = reads::apply(["language"]))]
    async fn language(&self) -> Language {
        self.0.language.as_str().into()
    }

    /// True if a new notification makes a sound.
    #[graphql(directive = reads::apply(["notification_sound"]))]
    async fn notification_sound(&self) -> bool {
        self.0.notification_sound
    }

    /// True if the customer wants news by e-mail.
    #[graphql(directive = reads::apply(["newsletter"]))]
    async fn newsletter(&self) -> bool {
        self.0.newsletter
    }

    /// Country goods are sent to, by ISO 3166-1 alpha-2, such as "FR".
    #[graphql(directive = reads::apply(["country_code"]))]
    async fn country(&self) -> CountryCode {
        self.0.country_code.as_str().into()
    }
}
