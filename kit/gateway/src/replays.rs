//! Answers to mutations under idempotency keys: the first answer is given again to whoever repeats the request.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use fetch::SampledLog;
use operation::{Code, request_error};
use store::{Store, StoreError};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until};

use crate::answer::{Answer, Effect, SHED};
use crate::detached::{Detached, detached};
use crate::repetition::Repetition;

/// Time beyond the deadline of a request for which its key stays claimed. A server that dies holds it no longer.
const CLAIM_SLACK: Duration = Duration::from_secs(2);

/// Waits between two looks for the answer of a request that runs elsewhere: the first, and the longest.
const FIRST_LOOK: Duration = Duration::from_millis(10);
const LONGEST_LOOK: Duration = Duration::from_millis(100);

/// Time for which an answer is tried to be kept when the store fails.
const TRY_TO_KEEP: Duration = Duration::from_secs(30);

/// Length of the hash at the head of an entry, in bytes.
const FINGERPRINT: usize = 32;

/// The answers under idempotency keys. They are kept in a store that all replicas of the server share.
#[derive(Debug)]
pub struct Replays {
    store: Arc<dyn Store>,
    /// Time for which an answer is kept; zero keeps none, and keys mean nothing.
    keep: Duration,
    detached: Detached,
    log: Arc<SampledLog>,
    replayed: Arc<AtomicU64>,
}

/// What the store has under a key.
enum Entry<'a> {
    /// A request runs. Its token tells it from every other.
    Running(&'a [u8]),
    /// The answer that a request got.
    Done(&'a [u8]),
}

impl Replays {
    /// Keeps answers in a store for this time; zero keeps none, and keys mean nothing.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, keep: Duration, detached: Detached, log: Arc<SampledLog>) -> Self {
        Self { store, keep, detached, log, replayed: Arc::default() }
    }

    /// Creates replays that keep no answer.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Arc::new(store::MemoryStore::new(0)), Duration::ZERO, detached().0, Arc::default())
    }

    /// Returns true if answers are kept.
    pub(crate) fn keeps(&self) -> bool {
        !self.keep.is_zero()
    }

    /// Returns the count of answers that were given again, since the start.
    pub(crate) fn replayed(&self) -> Arc<AtomicU64> {
        self.replayed.clone()
    }

    /// Returns the answer to a request under a key: the one that the first such request got, or is getting just now;
    /// otherwise that of `run`, which is finished even if the client leaves. An answer is kept once something may have
    /// changed; until then the key is free again.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        repetition: Repetition,
        deadline: Instant,
        run: impl Future<Output = Answer> + Send + 'static,
    ) -> Arc<Answer> {
        let token = fastrand::u128(..).to_be_bytes();
        let claim = Entry::Running(&token).encode(&repetition.fingerprint);
        let hold = deadline.saturating_duration_since(Instant::now()) + CLAIM_SLACK;
        let mut look = FIRST_LOOK;
        loop {
            let there = match self.store.insert(&repetition.name, claim.clone(), hold).await {
                Ok(None) => return self.run(repetition, claim, run).await,
                Ok(Some(there)) => there,
                Err(error) => {
                    self.failed(&error);
                    // It may have been written all the same.
                    self.give_up(&repetition, &claim);
                    // Services keep the keys of the input as well; nobody else keeps that of a header.
                    if repetition.is_in_input {
                        return Arc::new(run.await);
                    }
                    let text = "Whether this was done before cannot be told now. Try again.";
                    return rejected(Code::UpstreamUnavailable, text);
                }
            };
            match Entry::decode(&there, &repetition.fingerprint) {
                None => {
                    let text = "This idempotency key was used for another request.";
                    return rejected(Code::IdempotencyKeyReused, text);
                }
                Some(Entry::Done(body)) => {
                    self.replayed.fetch_add(1, Ordering::Relaxed);
                    return Arc::new(Answer::replayed(Bytes::copy_from_slice(body)));
                }
                Some(Entry::Running(_)) => {}
            }
            let next = Instant::now() + look;
            if next >= deadline {
                let text = "A request with this idempotency key is still under way.";
                return rejected(Code::IdempotencyKeyInUse, text);
            }
            sleep_until(next).await;
            look = (look * 2).min(LONGEST_LOOK);
        }
    }

    /// Runs a request that has claimed its key. Its client gets the answer before the store does, so that a store that
    /// fails holds up nobody.
    async fn run(
        self: &Arc<Self>,
        repetition: Repetition,
        claim: Bytes,
        run: impl Future<Output = Answer> + Send + 'static,
    ) -> Arc<Answer> {
        let (sender, receiver) = oneshot::channel();
        let replays = self.clone();
        let is_started = self.detached.start(async move {
            let answer = Arc::new(run.await);
            let _client_left = sender.send(answer.clone());
            replays.settle(&repetition, &claim, &answer).await;
        });
        if !is_started {
            return rejected(Code::Overloaded, SHED);
        }
        let ended = "answering ended early: the server stops, or the line of a panic says where";
        receiver.await.unwrap_or_else(|_| Arc::new(Answer::internal(ended)))
    }

    /// Gives a key free, beside the request.
    fn give_up(self: &Arc<Self>, repetition: &Repetition, claim: &Bytes) {
        let (replays, name, claim) = (self.clone(), repetition.name.clone(), claim.clone());
        // Where this does not start, or fails as well, the claim ends by itself.
        let _is_started = self.detached.start(async move {
            let _ended = replays.store.remove(&name, &claim).await;
        });
    }

    /// Keeps the answer, or gives the key free.
    async fn settle(&self, repetition: &Repetition, claim: &[u8], answer: &Answer) {
        if answer.effect != Effect::Changed {
            // Where this fails the claim ends by itself.
            if let Err(error) = self.store.remove(&repetition.name, claim).await {
                self.failed(&error);
            }
            return;
        }
        let done = Entry::Done(answer.body()).encode(&repetition.fingerprint);
        let give_up = Instant::now() + TRY_TO_KEEP;
        while let Err(error) = self.write(&repetition.name, claim, &done).await {
            self.failed(&error);
            if Instant::now() > give_up {
                tracing::error!("an answer under an idempotency key is lost: a repetition would run again");
                return;
            }
            sleep(LONGEST_LOOK).await;
        }
    }

    /// Writes an answer over the claim, or where the claim has ended.
    async fn write(&self, name: &str, claim: &[u8], done: &Bytes) -> Result<(), StoreError> {
        if !self.store.replace(name, claim, done.clone(), self.keep).await? {
            self.store.insert(name, done.clone(), self.keep).await?;
        }
        Ok(())
    }

    fn failed(&self, error: &StoreError) {
        if let Some(left_out) = self.log.pass("store", "failed") {
            tracing::error!(cause = %error, left_out, "the store of idempotency keys failed");
        }
    }
}

impl<'a> Entry<'a> {
    const RUNNING: u8 = b'r';
    const DONE: u8 = b'd';

    /// Returns the entry of a request: its kind, the hash of the request, and the rest.
    fn encode(&self, fingerprint: &[u8; FINGERPRINT]) -> Bytes {
        let (kind, rest) = match self {
            Self::Running(token) => (Self::RUNNING, *token),
            Self::Done(body) => (Self::DONE, *body),
        };
        [&[kind][..], fingerprint, rest].concat().into()
    }

    /// Reads an entry; `None` if it belongs to another request, or cannot be read.
    fn decode(there: &'a [u8], fingerprint: &[u8; FINGERPRINT]) -> Option<Self> {
        let (kind, rest) = there.split_first()?;
        let (own, rest) = rest.split_at_checked(FINGERPRINT)?;
        match *kind {
            _ if own != fingerprint => None,
            Self::RUNNING => Some(Self::Running(rest)),
            Self::DONE => Some(Self::Done(rest)),
            _ => None,
        }
    }
}

fn rejected(code: Code, text: &str) -> Arc<Answer> {
    // The other codes pass with time. Clients that came together are not to come again together.
    let passes = code != Code::IdempotencyKeyReused;
    let retry_after = passes.then(|| Duration::from_secs(fastrand::u64(1..=3)));
    Arc::new(Answer { retry_after, ..Answer::rejected(vec![request_error(code, text)]) })
}
