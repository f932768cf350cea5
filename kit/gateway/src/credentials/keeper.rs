//! The credential of one principal for one service, and its renewal.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fetch::CallMetadata;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use identity::{Credential, NoCredential};
use jiff::{SignedDuration, Timestamp};
use tonic::metadata::MetadataMap;

/// Time for which a credential must still be good when it is shown: it travels for a while, and clocks differ.
const LEFT: SignedDuration = SignedDuration::from_secs(2);

/// The future of a new credential.
pub(super) type Asking = BoxFuture<'static, Result<Credential, NoCredential>>;

/// The outcome of asking, for all who wait for it.
type Asked = Shared<BoxFuture<'static, Result<CallMetadata, NoCredential>>>;

/// Keeps the credential of one principal for one service.
#[derive(Default)]
pub(super) struct Keeper(Mutex<State>);

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// The asking that is under way.
    asked: Option<Asked>,
}

struct Kept {
    metadata: CallMetadata,
    /// Time from which it is renewed, and from which it is no longer shown.
    renewed: Timestamp,
    ends: Timestamp,
}

/// A credential, now or later.
pub(super) enum Taken {
    Kept(CallMetadata),
    None(NoCredential),
    Later(Waiting),
}

/// The wait for a credential.
pub(super) struct Waiting {
    pub(super) asked: Asked,
    /// True if it was asked for with this request's own token.
    pub(super) is_own: bool,
}

impl Keeper {
    /// Takes the credential, and asks for another one if half of its life is over. What is still good is shown meanwhile,
    /// and also if there is no other.
    pub(super) fn take(self: &Arc<Self>, now: Timestamp, asking: impl FnOnce() -> Asking) -> Taken {
        let mut state = self.state();
        let good = |kept: &&Kept| now < kept.ends;
        if let Some(kept) = state.kept.as_ref().filter(good).filter(|kept| now < kept.renewed) {
            return Taken::Kept(kept.metadata.clone());
        }
        let metadata = state.kept.as_ref().filter(good).map(|kept| kept.metadata.clone());
        let is_own = state.asked.is_none();
        let asked = if let Some(asked) = &state.asked {
            asked.clone()
        } else {
            let mut asking = asking();
            // Signing is done at once, and needs no task.
            if let Some(result) = (&mut asking).now_or_never() {
                return match state.keep(result) {
                    Ok(metadata) => Taken::Kept(metadata),
                    Err(no) => metadata.map_or(Taken::None(no), Taken::Kept),
                };
            }
            state.asked.insert(self.asked(asking)).clone()
        };
        metadata.map_or(Taken::Later(Waiting { asked, is_own }), Taken::Kept)
    }

    /// Asks beside whoever else does.
    pub(super) async fn ask(&self, asking: Asking) -> Result<CallMetadata, NoCredential> {
        let result = asking.await;
        self.state().keep(result)
    }

    /// Asks in a task of its own: the request that began it may end before the answer is there, and others need it.
    fn asked(self: &Arc<Self>, asking: Asking) -> Asked {
        let keeper = self.clone();
        let task = tokio::spawn(async move {
            let result = asking.await;
            let mut state = keeper.state();
            state.asked = None;
            state.keep(result)
        });
        let ended =
            |result: Result<_, _>| result.unwrap_or(Err(NoCredential::Unavailable("the server is stopping")));
        task.map(ended).boxed().shared()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn keep(&mut self, result: Result<Credential, NoCredential>) -> Result<CallMetadata, NoCredential> {
        let credential = result?;
        if credential.headers().keys().any(Credential::is_reserved) {
            return Err(NoCredential::Reserved);
        }
        let metadata = CallMetadata::from(MetadataMap::from_headers(credential.headers().clone()));
        let (now, expires) = (Timestamp::now(), credential.expires());
        let half = expires.duration_since(now) / 2;
        self.kept = Some(Kept {
            metadata: metadata.clone(),
            renewed: now.saturating_add(half).unwrap_or(expires),
            ends: expires.saturating_sub(LEFT).unwrap_or(expires),
        });
        Ok(metadata)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::{pending, ready};
    use http::{HeaderName, HeaderValue};

    use super::*;

    const fn seconds(seconds: i64) -> SignedDuration {
        SignedDuration::from_secs(seconds)
    }

    fn is_kept(taken: &Taken) -> bool {
        matches!(taken, Taken::Kept(metadata) if format!("{metadata:?}") == r#"{"x-first"}"#)
    }

    #[tokio::test]
    async fn a_credential_is_renewed_from_the_half_of_its_life_on_and_shown_to_its_end() {
        let (keeper, now) = (Arc::<Keeper>::default(), Timestamp::now());
        let named = [(HeaderName::from_static("x-first"), HeaderValue::from_static("secret"))];
        let first = Credential::new(named.into_iter().collect(), now + seconds(60));
        let nobody_asks = || -> Asking { panic!("a credential is asked for") };
        assert!(is_kept(&keeper.take(now, || ready(Ok(first)).boxed())));
        assert!(is_kept(&keeper.take(now + seconds(29), nobody_asks)));
        let away = NoCredential::Unavailable("away");
        assert!(is_kept(&keeper.take(now + seconds(31), || ready(Err(away)).boxed())));
        assert!(is_kept(&keeper.take(now + seconds(31), || pending().boxed())));
        assert!(is_kept(&keeper.take(now + seconds(57), nobody_asks)));
        let waits = keeper.take(now + seconds(59), nobody_asks);
        assert!(matches!(waits, Taken::Later(Waiting { is_own: false, .. })));
    }
}
