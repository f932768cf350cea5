//! The id of a session is secret, new at each sign-in, and not in the store.

use std::collections::HashSet;

use identity::SessionId;

use crate::support::Server;

#[tokio::test(start_paused = true)]
async fn no_id_that_was_there_before_a_sign_in_is_signed_in_by_it() {
    let server = Server::new();
    for _ in 0..100 {
        let planted = server.sessions.sign_in("eve", None).await.unwrap();
        let id = server.sessions.sign_in("ada", Some(&planted)).await.unwrap();
        assert_ne!(id.expose(), planted.expose());
        assert_eq!(server.sessions.find(&planted).await.unwrap(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn the_store_never_sees_an_id_or_the_name_of_a_list() {
    let server = Server::new();
    let mut ids = HashSet::new();
    for user in ["user-ada-lindqvist", "user-zoe-marchetti"] {
        let id = server.sessions.sign_in(user, None).await.unwrap();
        server.sessions.find(&id).await.unwrap().unwrap();
        assert!(!format!("{id:?}").contains(id.expose()));
        ids.insert(id.expose().to_owned());
    }
    let written = server.store.written.lock().unwrap().join("\n");
    assert!(written.contains("session:") && ids.iter().all(|id| !written.contains(id)), "{written}");
    assert!(written.lines().all(|line| !line.split(' ').next().unwrap().contains("ada")), "{written}");
}

#[tokio::test(start_paused = true)]
async fn an_id_has_43_characters_of_base64_and_any_other_text_is_none() {
    let server = Server::new();
    let id = server.sessions.sign_in("eve", None).await.unwrap();
    let text = id.expose();
    assert!(SessionId::parse(text).is_some_and(|it| it.handle() == id.handle()));
    for bad in
        ["", "session", &text[1..], &format!("{text}A"), &text.replace(&text[..1], "="), &"é".repeat(22)]
    {
        assert!(SessionId::parse(bad).is_none(), "{bad}");
    }
    let made_up = SessionId::parse(&"A".repeat(43)).unwrap();
    assert_eq!(server.sessions.find(&made_up).await.unwrap(), None);
}
