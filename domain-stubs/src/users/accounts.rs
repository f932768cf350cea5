//! Accounts in the store.

use proto::users::User;
use rusqlite::{Connection, OptionalExtension as _};
use tonic::Code;

use crate::{clock, mask::Mask, refusal::Refusal};

/// The user with this identifier, as far as `asking` may know them.
pub(super) fn find(
    db: &Connection,
    id: &str,
    asking: Option<&str>,
    mask: &Mask<User>,
) -> Result<User, Refusal> {
    let user = db
        .prepare_cached(
            "SELECT id, name, given_name, email, avatar_url, create_time
             FROM users LEFT JOIN accounts ON user_id = id WHERE id = ?1",
        )?
        .query_row([id], |row| {
            Ok(User {
                id: row.get(0)?,
                display_name: row.get(1)?,
                given_name: row.get::<_, Option<_>>(2)?.unwrap_or_default(),
                email: row.get::<_, Option<_>>(3)?.unwrap_or_default(),
                avatar_url: row.get::<_, Option<_>>(4)?.unwrap_or_default(),
                create_time: row.get::<_, Option<i64>>(5)?.map(clock::stored_to_proto),
            })
        })
        .optional()?;
    let unknown = || Refusal::new(Code::NotFound, "USER_NOT_FOUND", format!("there is no user {id:?}"));
    let mut user = user.ok_or_else(unknown)?;
    if asking != Some(id) {
        user = User { given_name: String::new(), email: String::new(), create_time: None, ..user };
    }
    Ok(mask.trim(user))
}
