//! Secrets, and where they must not be.

use std::io;
use std::sync::{Arc, Mutex};

use http::Method;
use tracing_subscriber::fmt::MakeWriter;

use crate::browser::{Browser, SESSION, Server, settings};
use crate::provider::{SECRET, TOKEN_LIFETIME};

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Signs in, refreshes, fails in several ways, and logs out. Returns every secret that there was.
async fn everything(server: &Server) -> Vec<String> {
    let mut secrets = vec![SECRET.to_owned()];
    let mut browser = server.browser();
    let request = browser.begin("/cart").await;
    secrets.extend([request["state"].clone(), request["nonce"].clone()]);
    secrets.extend(browser.cookies.values().flat_map(|it| it.split('.').take(3).map(str::to_owned)));
    let query = server.provider.authorize(&request);
    browser.come_back(&query).await;
    browser.come_back(&query).await;
    let before = browser.cookies[SESSION].clone();
    browser.log_in().await;
    secrets.extend([before, browser.cookies[SESSION].clone()]);
    server.provider.after(TOKEN_LIFETIME);
    browser.page().await.unwrap();
    server.provider.forge(|_, claims| claims["aud"] = "other".into());
    server.browser().log_in().await;
    server.provider.state().forge = None;
    server.provider.state().fails_with = Some(500);
    server.browser().log_in().await;
    server.provider.after(TOKEN_LIFETIME);
    browser.page().await.unwrap();
    server.provider.state().fails_with = None;
    let mut revoked = Browser::signed_in(server).await;
    secrets.push(revoked.cookies[SESSION].clone());
    revoked.send(Method::POST, "/auth/logout").await;
    secrets.extend(server.provider.state().secrets.clone());
    assert!(secrets.len() >= 20, "{}", secrets.len());
    secrets
}

#[tokio::test]
async fn a_copy_of_the_store_holds_no_token_and_no_id() {
    let server = Server::start().await;
    let secrets = everything(&server).await;
    let written = server.store.written.lock().unwrap().join("\n");
    assert!(written.contains("\"user\":\"ada\"") && written.contains("\"sealed\":\""), "it was used");
    for secret in secrets.iter().chain([&"sid-ada".to_owned()]) {
        assert!(!written.contains(secret), "{secret} is in the store");
        let encoded = crate::keys::encode(secret);
        assert!(!written.contains(&encoded[..encoded.len() - 2]), "{secret} is in the store, encoded");
    }
}

#[tokio::test]
async fn no_secret_is_logged_or_printed() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // While there is one subscriber alone, a line that another thread logs first is off for all threads. With two, each is
    // asked.
    let _other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
    let guard = tracing::subscriber::set_default(subscriber);
    let server = Server::start().await;
    let secrets = everything(&server).await;
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for reason in ["a sign-in failed", "a session goes on", "the ID token is not accepted"] {
        assert!(text.contains(reason), "{reason} is not logged: {text}");
    }
    let printed = format!("{:?} {:?}", server.sign_in, settings(&server.provider));
    for secret in &secrets {
        assert!(!text.contains(secret), "{secret} is logged");
        assert!(!printed.contains(secret), "{secret} is printed");
    }
}
