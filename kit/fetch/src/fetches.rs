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
use futures_util::FutureExt as _;
use futures_util::future::Shared;

use rpc::Slot;

use crate::idle::IdleDetector;
use crate::{BatchResult, Call, CallContext, Command, FailureKind, Fetch, UpstreamError};

/// A question was asked that the slot it came with was not made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undeclared;

/// The loaders of one request, each made on first use. What is loaded lives as long as the request.
pub struct Fetches {
    context: Arc<CallContext>,
    slots: Arc<[Slot]>,
    loaders: Box<[OnceLock<Box<dyn Any + Send + Sync>>]>,
    turns: Box<[Mutex<Turn>]>,
    idle: IdleDetector,
}

/// How far a slot has come.
#[derive(Default)]
struct Turn {
    /// Whether something was asked that is not sent yet.
    asked: bool,
    /// The last batch, where there was one.
    batch: Option<Batch>,
}

/// The answers of a slot on their way, for all who wait for them.
type Batch = Shared<Pin<Box<dyn Future<Output = ()> + Send>>>;

impl Fetches {
    /// Loaders for the slots of a request.
    #[must_use]
    pub fn new(context: Arc<CallContext>, slots: Arc<[Slot]>) -> Self {
        let loaders = slots.iter().map(|_| OnceLock::new()).collect();
        let turns = slots.iter().map(|_| Mutex::default()).collect();
        Self { context, slots, loaders, turns, idle: IdleDetector::default() }
    }

    /// What every call of this request shares.
    #[must_use]
    pub fn context(&self) -> &CallContext {
        &self.context
    }

    /// Runs the future that asks the questions of this request, and sends them whenever nothing else of it can
    /// go on. Questions asked outside of it are never answered.
    pub async fn drive<F: Future>(&self, future: F) -> F::Output {
        self.idle.drive(future).await
    }

    /// Answers a question, together with all others of its slot that are asked before the request has to wait.
    pub async fn fetch<F: Fetch>(
        &self,
        slot: usize,
        key: F,
    ) -> Result<Result<F::Value, UpstreamError>, Undeclared> {
        let loader = self.loader::<F>(slot)?;
        lock(&loader.asked).push(key.clone());
        lock(&self.turns[slot]).asked = true;
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
            // Every batch answers every key, so no answer can only mean that all who waited for it were dropped
            // but this one, which came later: the question goes into a batch of its own.
            if let Ok(answer) = loader.loader.try_load(key.clone()).await {
                return Ok(answer);
            }
        }
    }

    /// Answers a question that no slot was made for: in a call of its own, and whole, since nobody knows what is read
    /// of the answer. What enforces the plans decides whether it may be asked.
    pub async fn fetch_unplanned<F: Fetch>(&self, key: F) -> Result<F::Value, UpstreamError> {
        let call = Call::new(&self.context, F::RPC, F::name(), None)?.with_keys(1);
        let mut answers = batch(vec![key.clone()], call, &self.context).await.into_map();
        let none =
            || Err(UpstreamError::new(FailureKind::Internal, format!("{} answered no key", F::name())));
        answers.remove(&key).unwrap_or_else(none)
    }

    /// What to wait for while one of these slots has yet to answer: its batch, or nothing, where it has yet to
    /// send one.
    fn under_way(&self, slots: &[usize]) -> Option<Batch> {
        let nothing = || std::future::ready(()).boxed().shared();
        slots.iter().find_map(|slot| {
            let turn = lock(self.turns.get(*slot)?);
            let batch = turn.batch.clone().filter(|batch| batch.peek().is_none());
            batch.or_else(|| turn.asked.then(nothing))
        })
    }

    /// Carries out a command: one call, here and now. It must have ended when `until` has gone by since the start
    /// of the request.
    pub async fn command<C: Command>(
        &self,
        command: C,
        until: Option<Duration>,
    ) -> Result<C::Value, UpstreamError> {
        let call = Call::new(&self.context, C::RPC, C::name(), None)?;
        let result = command.send(call.until(until).with_keys(1)).await;
        if let Err(fault) = result.as_ref()
            && fault.is_of_service()
        {
            self.context.log.failed(C::RPC.path(), fault);
        }
        result
    }

    /// Carries out a command beside the request, which does not wait for it. A fault is logged.
    pub fn command_later<C: Command>(&self, command: C) {
        let context = self.context.clone();
        tokio::spawn(async move {
            let result = match Call::new(&context, C::RPC, C::name(), None) {
                Ok(call) => command.send(call.with_keys(1)).await.map(drop),
                Err(fault) => Err(fault),
            };
            // Nobody is told of it, whatever it says.
            if let Err(fault) = result {
                context.log.failed(C::RPC.path(), &fault);
            }
        });
    }

    fn loader<F: Fetch>(&self, slot: usize) -> Result<&SlotLoader<F>, Undeclared> {
        let cell = self.loaders.get(slot).ok_or(Undeclared)?;
        let make = || -> Box<dyn Any + Send + Sync> {
            let batch = SlotBatch {
                context: self.context.clone(),
                slots: self.slots.clone(),
                slot,
                keys: AtomicUsize::new(0),
                calls: AtomicUsize::new(0),
                of: PhantomData,
            };
            // One yield is the least the loader knows. A batch has no limit here because `SlotBatch` splits it
            // into calls that run side by side.
            let loader = Loader::new(batch).with_max_batch_size(usize::MAX).with_yield_count(1);
            Box::new(SlotLoader::<F> { loader, asked: Mutex::default() })
        };
        cell.get_or_init(make).downcast_ref().ok_or(Undeclared)
    }
}

/// The loader of a slot, and what was asked of it since its last batch.
struct SlotLoader<F: Fetch> {
    loader: Loader<F, Result<F::Value, UpstreamError>, SlotBatch<F>>,
    asked: Mutex<Vec<F>>,
}

impl<F: Fetch> SlotLoader<F> {
    /// The batch that holds what was just asked, in the place of the last one. Whoever comes first brings all keys at
    /// once, so that no order of polls can tear them apart; all who wait share it, so that it goes on when the
    /// first is dropped.
    fn batch(&self, turn: &mut Turn) -> Option<Batch> {
        turn.asked = false;
        let keys = std::mem::take(&mut *lock(&self.asked));
        if !keys.is_empty() {
            let loader = self.loader.clone();
            // A batch that everybody stopped waiting for still holds the loader: it is finished first.
            let unfinished = turn.batch.take();
            let batch = async move {
                if let Some(unfinished) = unfinished {
                    unfinished.await;
                }
                // The answers are kept by the loader, for each to look up its own.
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

/// One call of a fetch. What can be no word to the client is logged here; of all else, whoever asked decides.
async fn batch<F: Fetch>(keys: Vec<F>, call: Call<'_>, context: &CallContext) -> BatchResult<F> {
    let answers = F::batch(keys, call).await;
    answers.faults_of_service().for_each(|fault| context.log.failed(F::RPC.path(), fault));
    answers
}

struct SlotBatch<F> {
    context: Arc<CallContext>,
    slots: Arc<[Slot]>,
    slot: usize,
    /// Keys asked so far.
    keys: AtomicUsize,
    /// Calls made so far.
    calls: AtomicUsize,
    of: PhantomData<fn() -> F>,
}

impl<F: Fetch> SlotBatch<F> {
    /// Notes what the answers are about, where that is asked for.
    fn tag(&self, answers: &HashMap<F, Result<F::Value, UpstreamError>>) {
        let Some(tags) = &self.context.tags else { return };
        tags.service(F::RPC.path());
        for (key, answer) in answers {
            key.tag(answer.as_ref().ok(), tags);
        }
    }

    /// Whether the plan has room for so many keys more.
    fn planned(&self, slot: &Slot, keys: usize) -> Result<(), UpstreamError> {
        let calls = keys.div_ceil(F::MAX_KEYS);
        let all_keys = self.keys.fetch_add(keys, Ordering::Relaxed) + keys;
        let all_calls = self.calls.fetch_add(calls, Ordering::Relaxed) + calls;
        if all_keys <= slot.max_keys && all_calls <= slot.max_calls {
            return Ok(());
        }
        let what = format!(
            "{} asked {all_keys} keys of {} in {all_calls} calls; {} keys in {} calls were planned",
            F::name(),
            F::RPC.path(),
            slot.max_keys,
            slot.max_calls,
        );
        self.context.deviation(&what)
    }
}

impl<F: Fetch> BatchFn<F, Result<F::Value, UpstreamError>> for SlotBatch<F> {
    async fn load(&mut self, keys: &[F]) -> HashMap<F, Result<F::Value, UpstreamError>> {
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        let slot = &self.slots[self.slot];
        let call = self
            .planned(slot, keys.len())
            .and_then(|()| Call::new(&self.context, F::RPC, F::name(), slot.mask.as_ref()))
            .and_then(|call| call.of_slot(self.slot).until(slot.until).worth_it(slot.optional));
        let call = match call {
            Ok(call) => call,
            Err(fault) => return BatchResult::failed(keys, &fault).into_map(),
        };
        if keys.len() <= F::MAX_KEYS {
            let call = call.with_keys(keys.len());
            let answers = batch(keys, call, &self.context).await.into_map();
            self.tag(&answers);
            return answers;
        }
        let part = |keys: &[F]| batch(keys.to_vec(), call.with_keys(keys.len()), &self.context);
        let calls = keys.chunks(F::MAX_KEYS).map(part);
        let answers = futures_util::future::join_all(calls).await;
        let answers = answers.into_iter().flat_map(BatchResult::into_map).collect();
        self.tag(&answers);
        answers
    }
}
