//! A session ends when it is not used, when it is old, and when somebody ends it.

use std::sync::atomic::Ordering;

use identity::SessionError;

use crate::support::{HOUR, Server};

#[tokio::test(start_paused = true)]
async fn a_session_that_is_not_used_ends_after_its_idle_time() {
    let server = Server::new();
    let id = server.sessions.sign_in("ada", None).await.unwrap();
    server.after(119 * (HOUR / 60)).await;
    let session = server.sessions.find(&id).await.unwrap().unwrap();
    assert_eq!(session.user, "ada");
    server.after(119 * (HOUR / 60)).await;
    assert!(server.sessions.find(&id).await.unwrap().is_some(), "it was used two hours ago");
    server.after(2 * HOUR).await;
    assert_eq!(server.sessions.find(&id).await.unwrap(), None);
    assert!(server.sessions.of("ada").await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_always_used_ends_after_its_absolute_time() {
    let server = Server::new();
    let id = server.sessions.sign_in("ada", None).await.unwrap();
    for _ in 0..9 {
        server.after(HOUR).await;
        assert!(server.sessions.find(&id).await.unwrap().is_some());
    }
    server.after(HOUR).await;
    assert_eq!(server.sessions.find(&id).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_use_is_written_once_in_an_eighth_of_the_idle_time() {
    let server = Server::new();
    let id = server.sessions.sign_in("eve", None).await.unwrap();
    let before = server.store.written.lock().unwrap().len();
    for _ in 0..60 {
        server.after(HOUR / 60).await;
        server.sessions.find(&id).await.unwrap().unwrap();
    }
    assert_eq!(
        server.store.written.lock().unwrap().len() - before,
        4,
        "15 minutes are an eighth of two hours"
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_that_was_ended_stays_ended_though_it_is_used_meanwhile() {
    let server = Server::new();
    for _ in 0..100 {
        let id = server.sessions.sign_in("ada", None).await.unwrap();
        server.after(HOUR).await;
        let (found, ended) = tokio::join!(server.sessions.find(&id), server.sessions.end(&id));
        ended.unwrap();
        found.unwrap();
        assert_eq!(server.sessions.find(&id).await.unwrap(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_is_no_missing_session() {
    let server = Server::new();
    let id = server.sessions.sign_in("ada", None).await.unwrap();
    server.store.is_broken.store(true, Ordering::Relaxed);
    assert!(matches!(server.sessions.find(&id).await, Err(SessionError::Store(_))));
    assert!(matches!(server.sessions.end(&id).await, Err(SessionError::Store(_))));
    assert!(matches!(server.sessions.revoke_all("ada").await, Err(SessionError::Store(_))));
}
