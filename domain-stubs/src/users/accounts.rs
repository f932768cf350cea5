//! Accounts in the store.

use proto::users::User;
use rusqlite::{Connection, OptionalExtension as _, params};
use tonic::Code;

use crate::{clock, mask::Mask, refusal::Refusal};

/// An account to open.
#[derive(Debug)]
pub(crate) struct NewAccount<'a> {
    /// Identifier of the user.
    pub(crate) user: &'a str,
    /// Name that others see.
    pub(crate) name: &'a str,
    /// Name to greet the user by.
    pub(crate) given_name: &'a str,
    /// Time it is opened, in microseconds since 1970.
    pub(crate) create_time: i64,
}

impl NewAccount<'_> {
    /// Opens the account; the fields of an account the user has already stay as they are.
    pub(crate) fn open(&self, db: &Connection) -> rusqlite::Result<()> {
        db.prepare_cached("INSERT INTO users (id, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute([self.user, self.name])?;
        db.prepare_cached(
            "INSERT INTO accounts (user_id, given_name, email, avatar_url, create_time)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            self.user,
            self.given_name,
            email_of(self.user),
            format!("https://images.shop.example/users/{}.webp", self.user),
            self.create_time
        ])?;
        Ok(())
    }
}

/// The address that a user's account is opened with.
pub(crate) fn email_of(user: &str) -> String {
    format!("{user}@mail.example")
}

/// The name that others see of a user. A user without an account gets one, named after the identifier.
pub(crate) fn known_name(db: &Connection, user: &str, now: i64) -> rusqlite::Result<String> {
    let name = name_from_id(user);
    let given_name = name.split(' ').next().unwrap_or(&name);
    NewAccount { user, name: &name, given_name, create_time: now }.open(db)?;
    db.prepare_cached("SELECT name FROM users WHERE id = ?1")?.query_row([user], |row| row.get(0))
}

/// The name made of an identifier: "user-ada-lindqvist" becomes "Ada Lindqvist".
fn name_from_id(id: &str) -> String {
    let words = id.strip_prefix("user-").unwrap_or(id).split('-').filter(|word| !word.is_empty());
    let capitalised = words.map(|word| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    });
    let name = capitalised.collect::<Vec<_>>().join(" ");
    if name.is_empty() { id.to_owned() } else { name }
}

/// The user with this identifier, with the fields that `principal` may see.
pub(super) fn find(
    db: &Connection,
    id: &str,
    principal: Option<&str>,
    mask: &Mask<User>,
) -> Result<User, Refusal> {
    let user = db
        .prepare_cached(
            "SELECT id, name, given_name, email, avatar_url, create_time
             FROM users JOIN accounts ON user_id = id WHERE id = ?1",
        )?
        .query_row([id], |row| {
            Ok(User {
                id: row.get(0)?,
                display_name: row.get(1)?,
                given_name: row.get(2)?,
                email: row.get(3)?,
                avatar_url: row.get(4)?,
                create_time: Some(clock::stored_to_proto(row.get(5)?)),
            })
        })
        .optional()?;
    let unknown = || Refusal::new(Code::NotFound, "USER_NOT_FOUND", format!("there is no user {id:?}"));
    let mut user = user.ok_or_else(unknown)?;
    if principal != Some(id) {
        user = User { given_name: String::new(), email: String::new(), create_time: None, ..user };
    }
    Ok(mask.trim(user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_user_is_named_after_the_identifier() {
        assert_eq!(name_from_id("user-ada-lindqvist"), "Ada Lindqvist");
        assert_eq!(name_from_id("0042"), "0042");
        assert_eq!(name_from_id("user-"), "user-");
    }
}
