//! A file of keys, and a server that accepts them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use identity::{
    ApiKeySignIn, Clock, ExposeSecret as _, IssuedKey, KeyFile, KeyOrder, KeyPrefix, KeyRing, RequestHead,
    Scopes, SignIn as _, SignedIn,
};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tokio::time::Instant;

pub(crate) const DAY: Duration = Duration::from_hours(24);

/// Time at which every test starts.
pub(crate) fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

pub(crate) fn after(duration: Duration) -> Timestamp {
    start() + SignedDuration::try_from(duration).unwrap()
}

pub(crate) struct World {
    folder: TempDir,
    pub(crate) file: KeyFile,
    started: Instant,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::new(folder.path().join("keys.json"), KeyPrefix::new("shopd").unwrap());
        Self { folder, file, started: Instant::now() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    /// The time of the wall clock, which follows tokio's.
    pub(crate) fn now(&self) -> Timestamp {
        after(self.started.elapsed())
    }

    pub(crate) fn issue(&self, device: &str) -> IssuedKey {
        self.file.issue(order(device), self.now()).unwrap()
    }

    /// Starts a server that watches the file.
    pub(crate) fn server(&self) -> Server {
        let keys = Arc::new(KeyRing::open(self.file.clone()).unwrap());
        let started = self.started;
        let clock = Clock::new(move || after(started.elapsed()));
        let sign_in = Arc::new(ApiKeySignIn::new(keys, clock));
        let maintained = sign_in.clone();
        tokio::spawn(async move { maintained.maintain().await });
        Server(sign_in)
    }
}

pub(crate) fn order(device: &str) -> KeyOrder {
    let scopes = Scopes::parse("readings:write stock:read").unwrap();
    KeyOrder { device: device.to_owned(), label: "shelf 3".to_owned(), scopes, expires: None }
}

pub(crate) struct Server(Arc<ApiKeySignIn>);

impl Server {
    pub(crate) async fn headers(&self, values: &[(&'static str, &str)]) -> SignedIn {
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        self.0.sign_in(RequestHead::new(&Method::POST, &Uri::from_static("/graphql"), &headers)).await
    }

    pub(crate) async fn key(&self, key: &IssuedKey) -> SignedIn {
        self.headers(&[("x-api-key", key.key.expose_secret())]).await
    }

    /// The reason for which a key is rejected; `"accepted"` if it is not.
    pub(crate) async fn verdict(&self, key: &IssuedKey) -> &'static str {
        self.key(key).await.map_or_else(|challenge| challenge.reason(), |_| "accepted")
    }
}
