//! The sessions of one user.

use std::collections::HashSet;

use futures_util::future::join_all;

use crate::support::Server;

#[tokio::test(start_paused = true)]
async fn a_user_lists_their_sessions_and_ends_any_of_them_and_nobody_elses() {
    let server = Server::new();
    let phone = server.sessions.sign_in("ada", None).await.unwrap();
    let laptop = server.sessions.sign_in("ada", None).await.unwrap();
    let zoes = server.sessions.sign_in("zoe", None).await.unwrap();
    let eves = server.sessions.sign_in("eve", None).await.unwrap();

    let handles: Vec<_> = server.sessions.of("ada").await.unwrap().into_iter().map(|it| it.0).collect();
    assert_eq!(handles, [phone.handle(), laptop.handle()]);
    for other in [zoes.handle(), eves.handle()] {
        assert!(!server.sessions.revoke("ada", &other).await.unwrap());
    }
    assert!(server.sessions.revoke("ada", &phone.handle()).await.unwrap());
    assert!(!server.sessions.revoke("ada", &phone.handle()).await.unwrap());
    assert_eq!(server.sessions.find(&phone).await.unwrap(), None);

    server.sessions.revoke_all("ada").await.unwrap();
    assert_eq!(server.sessions.find(&laptop).await.unwrap(), None);
    for other in [&zoes, &eves] {
        assert!(server.sessions.find(other).await.unwrap().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn sign_ins_at_the_same_time_are_all_listed() {
    let server = Server::new();
    let ids = join_all((0..20).map(|_| server.sessions.sign_in("ada", None))).await;
    let handles: HashSet<_> = ids.into_iter().map(|id| id.unwrap().handle().to_string()).collect();
    let listed = server.sessions.of("ada").await.unwrap();
    assert_eq!(listed.into_iter().map(|(handle, _)| handle.to_string()).collect::<HashSet<_>>(), handles);
}

#[tokio::test(start_paused = true)]
async fn a_fifty_first_session_ends_the_oldest() {
    let server = Server::new();
    let mut ids = Vec::new();
    for _ in 0..51 {
        ids.push(server.sessions.sign_in("ada", None).await.unwrap());
    }
    assert_eq!(server.sessions.of("ada").await.unwrap().len(), 50);
    assert_eq!(server.sessions.find(&ids[0]).await.unwrap(), None);
    assert!(server.sessions.find(&ids[1]).await.unwrap().is_some());
}
