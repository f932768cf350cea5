//! The preferences of a user.

use bff_kit::object;
use bff_kit::value::{CountryCode, Language};
use proto::users;

/// Preferences of the signed-in customer.
#[object(users::Preferences)]
pub(crate) struct Preferences {
    /// Preferred language by BCP 47, such as "en".
    #[read(language)]
    language: Language,
    /// True if a new notification makes a sound.
    #[read(notification_sound)]
    notification_sound: bool,
    /// True if the customer wants news by e-mail.
    #[read(newsletter)]
    newsletter: bool,
    /// Country goods are sent to, by ISO 3166-1 alpha-2, such as "FR".
    #[read(country_code)]
    country: CountryCode,
}
