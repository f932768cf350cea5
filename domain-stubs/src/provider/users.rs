//! The demo users.

use crate::{
    seed::{Catalogue, customers},
    users::email_of,
};

/// A user of the seed, whom anybody may sign in as.
#[derive(Debug)]
pub(super) struct DemoUser {
    pub(super) id: String,
    /// Name that others see.
    pub(super) name: String,
    /// Name to greet the user by.
    pub(super) given_name: String,
    pub(super) email: String,
}

impl DemoUser {
    /// Every user of the seed.
    pub(super) fn all() -> Vec<Self> {
        let user = |id: &str, name: &str, given_name: &str| Self {
            id: id.to_owned(),
            name: name.to_owned(),
            given_name: given_name.to_owned(),
            email: email_of(id),
        };
        customers(&Catalogue::embedded()).map(|it| user(it.id, it.name, it.given_name)).collect()
    }
}
