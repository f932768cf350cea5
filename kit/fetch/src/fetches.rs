//! The loaders of one request.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use dataloader::BatchFn;
use dataloader::cached::Loader;
use futures_util::future::Shared;
use futures_util::{FutureExt as _, StreamExt as _, stream};

use rpc::Slot;

use crate::idle::IdleDetector;
use crate::ordered::Ordered;
use crate::sharing;
use crate::{BatchResult, Call, CallContext, Command, FailureKind, Fetch, Fetched, UpstreamError};

/// Error of a fetch whose slot does not exist or belongs to another fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undeclared;

/// The loaders of one request, each created on first use. Loaded values live as long as the request.
pub struct Fetches {
    context: Arc<CallContext>,
    slots: Arc<[Slot]>,
    loaders: Box<[OnceLock<Box<dyn Any + Send + Sync>>]>,
    turns: Box<[Mutex<Turn>]>,
    idle: IdleDetector,
}

/// Progress of a slot.
#[derive(Default)]
struct Turn {
    /// True if the slot has keys that are not sent yet.
    has_keys: bool,
    /// The last batch; `None` before the first one.
    batch: Option<Batch>,
}

/// The call of a slot while it runs, shared by all fetches that wait for it.
type Batch = Shared<Pin<Box<dyn Future<Output = ()> + Send>>>;

impl Fetches {
    /// Creates the loaders for the slots of a request.
    #[must_use]
    pub fn new(context: Arc<CallContext>, slots: Arc<[Slot]>) -> Self {
        let loaders = slots.iter().map(|_| OnceLock::new()).collect();
        let turns = slots.iter().map(|_| Mutex::default()).collect();
        Self { context, slots, loaders, turns, idle: IdleDetector::default() }
    }

    /// Returns the state shared by all calls of this request.
    #[must_use]
    pub fn context(&self) -> &CallContext {
        &self.context
    }

    /// Runs the future that contains the fetches of this request, and sends their batches whenever the rest of the
    /// future can make no more progress. A fetch outside of this future never completes.
    pub async fn drive<F: Future>(&self, future: F) -> F::Output {
        self.idle.drive(future).await
    }

    /// Loads a key, together with all other keys of its slot that are fetched before the request has to wait.
    pub async fn fetch<F: Fetch>(
        &self,
        slot: usize,
        key: F,
    ) -> Result<Result<Fetched<F::Value>, UpstreamError>, Undeclared> {
        let loader = self.loader::<F>(slot)?;
        lock(&loader.unsent).push(key.clone());
        lock(&self.turns[slot]).has_keys = true;
        self.idle.idle().await;
        while let Some(producer) = self.under_way(&self.slots[slot].joins) {
            producer.await;
            self.idle.idle().await;
        }
        let batch = loader.batch(&mut lock(&self.turns[slot]));
        if let Some(batch) = batch {
            batch.await;
        }
        loop {
            // Every batch has a result for every key, so a missing result can only mean that all other waiters were
            // dropped and that this fetch came later: its key goes into a batch of its own.
            if let Ok(answer) = loader.loader.try_load(key.clone()).await {
                return Ok(answer);
            }
        }
    }

    /// Loads all keys of a slot in one batch. Returns a result for each, in their order.
    pub async fn load<F: Fetch>(
        &self,
        slot: usize,
        keys: Vec<F>,
    ) -> Vec<Result<Fetched<F::Value>, UpstreamError>> {
        self.batch::<F>(slot).results(&keys).await
    }

    /// Loads a key that has no slot, in a call of its own. The call has no read mask, because no plan knows which
    /// fields are read. [`Enforcement`](crate::Enforcement) decides before whether the fetch is permitted.
    pub async fn fetch_unplanned<F: Fetch>(&self, key: F) -> Result<Fetched<F::Value>, UpstreamError> {
        let call = Call::new(&self.context, F::RPC, F::NAME, None)?.with_keys(1);
        let result = call.load(&[key]).await.into_fetched().pop();
        let none = || Err(UpstreamError::new(FailureKind::Internal, format!("{} answered no key", F::NAME)));
        result.unwrap_or_else(none)
    }

    /// Returns a future to wait for while one of these slots has no response yet: its batch, or a future that is ready
    /// at once if the batch is not sent yet. Returns `None` if no slot is waited for.
    fn under_way(&self, slots: &[usize]) -> Option<Batch> {
        let nothing = || std::future::ready(()).boxed().shared();
        slots.iter().find_map(|slot| {
            let turn = lock(self.turns.get(*slot)?);
            let batch = turn.batch.clone().filter(|batch| batch.peek().is_none());
            batch.or_else(|| turn.has_keys.then(nothing))
        })
    }

    /// Sends a command in one call, at once. The call ends no later than `until`, counted from the start of the
    /// request.
    pub async fn command<C: Command>(
        &self,
        command: C,
        until: Option<Duration>,
    ) -> Result<C::Value, UpstreamError> {
        let call = Call::new(&self.context, C::RPC, C::NAME, None)?;
        let result = command.send(call.until(until).with_keys(1)).await;
        self.context.shared().changed(C::RPC.service());
        if let Err(failure) = result.as_ref()
            && failure.is_of_service()
        {
            self.context.log().failed(C::RPC.path(), failure);
        }
        result
    }

    /// Sends a command beside the request, which does not wait for it. A failure is logged.
    pub fn command_later<C: Command>(&self, command: C) {
        let context = self.context.clone();
        tokio::spawn(async move {
            let result = match Call::new(&context, C::RPC, C::NAME, None) {
                Ok(call) => command.send(call.with_keys(1)).await.map(drop),
                Err(failure) => Err(failure),
            };
            context.shared().changed(C::RPC.service());
            // No client is told of the failure, so it is logged here even if it is about the client.
            if let Err(failure) = result {
                context.log().failed(C::RPC.path(), &failure);
            }
        });
    }

    fn batch<F: Fetch>(&self, slot: usize) -> SlotBatch<F> {
        SlotBatch {
            context: self.context.clone(),
            slots: self.slots.clone(),
            slot,
            keys: AtomicUsize::new(0),
            calls: AtomicUsize::new(0),
            of: PhantomData,
        }
    }

    fn loader<F: Fetch>(&self, slot: usize) -> Result<&SlotLoader<F>, Undeclared> {
        let cell = self.loaders.get(slot).ok_or(Undeclared)?;
        let make = || -> Box<dyn Any + Send + Sync> {
            let batch = self.batch::<F>(slot);
            // One yield is the minimum of the loader. A batch has no limit here because `SlotBatch` splits it
            // into concurrent calls.
            let loader = Loader::new(batch).with_max_batch_size(usize::MAX).with_yield_count(1);
            Box::new(SlotLoader::<F> { loader, unsent: Mutex::default() })
        };
        cell.get_or_init(make).downcast_ref().ok_or(Undeclared)
    }
}

/// The loader of a slot, and the keys fetched since its last batch.
struct SlotLoader<F: Fetch> {
    loader: Loader<F, Result<Fetched<F::Value>, UpstreamError>, SlotBatch<F>>,
    unsent: Mutex<Vec<F>>,
}

impl<F: Fetch> SlotLoader<F> {
    /// Returns the batch with the keys fetched last, which replaces the batch before it. The first waiter sends all
    /// keys at once, so that no order of polls can split them; all waiters share the batch, so that it goes on when
    /// the first waiter is dropped.
    fn batch(&self, turn: &mut Turn) -> Option<Batch> {
        turn.has_keys = false;
        let keys = std::mem::take(&mut *lock(&self.unsent));
        if !keys.is_empty() {
            let loader = self.loader.clone();
            // A batch without any waiter left still holds the loader, so it is finished first.
            let unfinished = turn.batch.take();
            let batch = async move {
                if let Some(unfinished) = unfinished {
                    unfinished.await;
                }
                // The loader keeps the results, and each waiter looks up its own.
                let _answers = loader.try_load_many(keys).await;
            };
            turn.batch = Some((Box::pin(batch) as Pin<Box<dyn Future<Output = ()> + Send>>).shared());
        }
        turn.batch.clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct SlotBatch<F> {
    context: Arc<CallContext>,
    slots: Arc<[Slot]>,
    slot: usize,
    /// Number of keys sent so far.
    keys: AtomicUsize,
    /// Number of calls made so far.
    calls: AtomicUsize,
    of: PhantomData<fn() -> F>,
}

impl<F: Fetch> BatchFn<F, Result<Fetched<F::Value>, UpstreamError>> for SlotBatch<F> {
    async fn load(&mut self, keys: &[F]) -> HashMap<F, Result<Fetched<F::Value>, UpstreamError>> {
        keys.iter().cloned().zip(self.results(keys).await).collect()
    }
}

impl<F: Fetch> SlotBatch<F> {
    /// Loads keys in as few calls as the RPC allows. Returns a result for each, in their order.
    async fn results(&self, keys: &[F]) -> Vec<Result<Fetched<F::Value>, UpstreamError>> {
        let ordered = Ordered::of(keys);
        let keys = &ordered.keys;
        let slot = &self.slots[self.slot];
        let call = self
            .planned(slot, keys.len())
            .and_then(|()| Call::new(&self.context, F::RPC, F::NAME, slot.mask.as_ref()))
            .map(|call| call.of_slot(self.slot).until(slot.until));
        let results = match call {
            Ok(call) if F::RPC.is_public() && !self.context.alone => {
                sharing::load(&self.context, call, keys, slot.optional).await
            }
            Ok(call) => self.load_alone(call, keys, slot.optional).await,
            Err(failure) => BatchResult::failed(keys, &failure).into_fetched(),
        };
        self.tag(keys, &results);
        ordered.restored(&results)
    }

    /// Loads keys that may depend on the principal.
    async fn load_alone(
        &self,
        call: Call<'_>,
        keys: &[F],
        is_optional: bool,
    ) -> Vec<Result<Fetched<F::Value>, UpstreamError>> {
        let call = match call.worth_it(is_optional) {
            Ok(call) => call,
            Err(failure) => return BatchResult::failed(keys, &failure).into_fetched(),
        };
        if keys.len() <= F::MAX_KEYS {
            return call.with_keys(keys.len()).load(keys).await.into_fetched();
        }
        let call = call.ending_within_one_timeout();
        let part = async |(number, keys): (usize, &[F])| {
            (number, call.with_keys(keys.len()).load(keys).await.into_fetched())
        };
        let calls: Vec<_> = keys.chunks(F::MAX_KEYS).enumerate().map(part).collect();
        let mut parts: Vec<_> = stream::iter(calls).buffer_unordered(F::AT_ONCE).collect().await;
        parts.sort_unstable_by_key(|(number, _)| *number);
        parts.into_iter().flat_map(|(_, results)| results).collect()
    }

    /// Adds the tags of the loaded values, if the request collects tags.
    fn tag(&self, keys: &[F], results: &[Result<Fetched<F::Value>, UpstreamError>]) {
        let Some(tags) = &self.context.tags else { return };
        tags.service(F::RPC.path());
        for (key, result) in keys.iter().zip(results) {
            key.tag(result.as_ref().ok().map(|fetched| &fetched.value), tags);
        }
    }

    /// Counts this many more keys, and reports a deviation if the plan has no room for them.
    fn planned(&self, slot: &Slot, keys: usize) -> Result<(), UpstreamError> {
        let calls = keys.div_ceil(F::MAX_KEYS);
        let all_keys = self.keys.fetch_add(keys, Ordering::Relaxed) + keys;
        let all_calls = self.calls.fetch_add(calls, Ordering::Relaxed) + calls;
        if all_keys <= slot.max_keys && all_calls <= slot.max_calls {
            return Ok(());
        }
        let what = format!(
            "{} fetched {all_keys} keys of {} in {all_calls} calls; {} keys in {} calls were planned",
            F::NAME,
            F::RPC.path(),
            slot.max_keys,
            slot.max_calls,
        );
        self.context.deviation(&what)
    }
}
