//! The page on which a demo user is chosen.

use std::fmt::Write as _;

use axum::{http::StatusCode, response::Response};

use super::request::{NAMES, Recipient};
use crate::provider::{
    authority::Authority,
    endpoints::{
        html::{Escaped, hidden, page},
        paths,
    },
    parameters::Parameters,
    users::DemoUser,
};

/// Name of the buttons that choose a user, and of the one that does not.
pub(super) const USER: &str = "demo_user";
pub(super) const CANCEL: &str = "cancel";

/// Returns the page. At its top stands the user that `login_hint` names by identifier or address, or else the user who
/// is signed in.
pub(super) fn choose(
    authority: &Authority,
    recipient: &Recipient<'_>,
    parameters: &Parameters<'_>,
    signed_in: Option<&str>,
) -> Response {
    let hint = parameters.get("login_hint");
    let hinted = hint.and_then(|hint| authority.users.iter().find(|it| it.id == hint || it.email == hint));
    let first = hinted.or_else(|| authority.user(signed_in?));

    let mut body =
        String::from("<p>Development only: whoever sees this page may be any of these users.</p>\n");
    if let (Some(hint), None) = (hint, hinted) {
        line(&mut body, format_args!("<p>No demo user is called “{}”.</p>", Escaped(hint)));
    }
    line(&mut body, format_args!("<form method=\"post\" action=\"{}\">", paths::AUTHORIZE));
    for name in NAMES {
        if let Some(value) = parameters.get(name) {
            body += &hidden(name, value);
        }
    }
    let others = authority.users.iter().filter(|it| first.is_none_or(|first| first.id != it.id));
    for user in first.into_iter().chain(others) {
        let autofocus = if first.is_some_and(|first| first.id == user.id) { " autofocus" } else { "" };
        button(&mut body, user, autofocus, signed_in == Some(&user.id));
    }
    line(&mut body, format_args!("<button name=\"{CANCEL}\" value=\"yes\">Cancel</button>\n</form>"));

    // Browsers hold redirects after a form to this rule too: those to the client, and those that the client adds.
    let scheme = recipient.redirect_uri.split_once(':').map_or("", |(scheme, _)| scheme);
    page(StatusCode::OK, &format!("Sign in to {}", recipient.client.id), &body, &format!("{scheme}:"))
}

fn button(body: &mut String, user: &DemoUser, autofocus: &str, is_signed_in: bool) {
    let (id, name) = (Escaped(&user.id), Escaped(&user.name));
    let note = if is_signed_in { ", signed in" } else { "" };
    line(
        body,
        format_args!(
            "<button name=\"{USER}\" value=\"{id}\"{autofocus}>{name}<small>{id}{note}</small></button>"
        ),
    );
}

fn line(body: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(body, "{line}").expect("a text takes everything");
}
