//! Mutations that are one command: their inputs, their payloads, and what a user is told of a change that was not made.

use std::sync::Arc;

use async_graphql::Context;
use fetch::Command;
use operation::Code;

use crate::context::ContextExt as _;
use crate::error::Error;
use crate::reading::user;

/// The input of a mutation that is one command. `#[mutation]` implements it.
pub trait Change: Sized {
    /// The command.
    type Command: Command;

    /// Field of the input that identifies the object of the change, such as `"productId"`.
    const SUBJECT: Option<&'static str>;

    /// Sources of the parts of the command, as `@fetch` names them.
    const BY: &'static [&'static str];

    /// Returns the command on behalf of a user; `None` for nobody.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` if a part of the input is invalid, and `UNAUTHENTICATED` if the user is a part of the command and there is
    /// none.
    fn command(self, user: Option<Arc<str>>) -> Result<Self::Command, Error>;
}

/// The payload of a mutation, made of the value of its command. `#[payload]` implements it.
pub trait Payload<V>: Sized {
    /// The error of the payload.
    type UserError: UserError;

    /// Returns the payload of a change that was made.
    fn made(value: V) -> Self;

    /// Returns the payload of a change that was not made.
    fn declined(errors: Vec<Self::UserError>) -> Self;
}

/// An error in a payload: a reason why a change was not made, written for the user.
pub trait UserError: Sized {
    /// The kind of error.
    type Code: UserErrorTable;

    /// Maximum number of errors in a payload.
    const MOST: i32;

    /// Creates an error. `field` is the path of the input that it is about, such as `["input", "productId"]`.
    fn new(field: Option<Vec<String>>, message: String, code: Self::Code) -> Self;
}

/// The kinds of user errors of a client, as one table. `#[derive(UserErrorTable)]` implements it.
pub trait UserErrorTable: Sized {
    /// Returns the kind for an invalid part of the input.
    fn invalid() -> Self;

    /// Returns the row of an object that does not exist.
    fn not_found() -> UserErrorRow<Self>;

    /// Returns the row of a service's reason, such as `"OUT_OF_STOCK"`, or the one for all others.
    fn of(reason: &str) -> UserErrorRow<Self>;
}

/// A row of the table of user errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserErrorRow<C> {
    /// The kind of error.
    pub code: C,
    /// The part of the input that it is about.
    pub about: About,
    /// The text to show.
    pub say: &'static str,
}

/// The part of the input that a user error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// No single one.
    Nothing,
    /// The one that identifies the object of the change.
    Subject,
    /// The one of this name.
    Field(&'static str),
}

/// Carries out a mutation that is one command.
pub async fn change<I: Change, P>(ctx: &Context<'_>, input: I) -> Result<P, Error>
where
    P: Payload<<I::Command as Command>::Value>,
{
    // An answer that has no part of the user does not depend on it.
    let user = I::BY.contains(&"caller").then(|| user(ctx)).flatten();
    let command = input.command(user)?;
    payload(ctx.send(command).await, I::SUBJECT)
}

/// Returns the payload of a change: with its value, or with the user errors of a missing object, a business reason or bad
/// input. Any other error stays one. `subject` names the input that identifies the object of the change, if one does.
pub fn payload<P: Payload<V>, V>(result: Result<V, Error>, subject: Option<&str>) -> Result<P, Error> {
    match result {
        Ok(value) => Ok(P::made(value)),
        Err(error) => user_errors(error, subject).map(P::declined),
    }
}

fn user_errors<E: UserError>(error: Error, subject: Option<&str>) -> Result<Vec<E>, Error> {
    let violations = error.violations().iter().take(usize::try_from(E::MOST).unwrap_or_default());
    let violations: Vec<_> =
        violations.map(|it| E::new(Some(it.path()), it.description.clone(), E::Code::invalid())).collect();
    if !violations.is_empty() {
        return Ok(violations);
    }
    if let Error::Client(client) = &error
        && client.code == Code::BadUserInput
    {
        // A service that speaks by its status names no field.
        return Ok(vec![E::new(None, client.message.clone(), E::Code::invalid())]);
    }
    let reason = match &error {
        Error::NotFound => Some(E::Code::not_found()),
        // A service that gives no reason declines all the same.
        Error::Client(client) if client.code == Code::Refused => {
            Some(E::Code::of(error.business_reason().unwrap_or_default()))
        }
        _ => None,
    };
    let Some(UserErrorRow { code, about, say }) = reason else { return Err(error) };
    let field = match about {
        About::Nothing => None,
        About::Subject => subject,
        About::Field(name) => Some(name),
    };
    let field = field.map(|field| vec!["input".to_owned(), field.to_owned()]);
    Ok(vec![E::new(field, say.to_owned(), code)])
}
