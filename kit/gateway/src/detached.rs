//! Runs that outlive their client: a mutation under an idempotency key is finished, so that a client that lost its
//! connection finds the answer.

use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

/// Runs that are finished without their client at a time. A client that sends and leaves, again and again, can have no
/// more of them at work than this.
const MAX_RUNS: usize = 1_000;

/// Takes runs that are to be finished whether or not their client waits.
#[derive(Debug)]
pub struct Detached {
    runs: UnboundedSender<BoxFuture<'static, ()>>,
    room: Arc<Semaphore>,
}

/// The runs that were detached. Dropping it ends them.
#[derive(Debug)]
pub struct DetachedRuns(UnboundedReceiver<BoxFuture<'static, ()>>);

/// Creates a way to detach runs, and what carries them out.
#[must_use]
pub fn detached() -> (Detached, DetachedRuns) {
    let (sender, receiver) = unbounded_channel();
    (Detached { runs: sender, room: Arc::new(Semaphore::new(MAX_RUNS)) }, DetachedRuns(receiver))
}

impl Detached {
    /// Starts a run; returns false if as many are under way as may be. A run ends unfinished if nothing carries out
    /// detached runs any more.
    pub(crate) fn start(&self, run: impl Future<Output = ()> + Send + 'static) -> bool {
        let Ok(room) = self.room.clone().try_acquire_owned() else { return false };
        let _ended = self.runs.send(Box::pin(async move {
            run.await;
            drop(room);
        }));
        true
    }
}

impl DetachedRuns {
    /// Carries out the runs, until all have ended and no more can come.
    pub async fn carry_out(mut self) {
        let mut running = JoinSet::new();
        loop {
            tokio::select! {
                run = self.0.recv() => match run {
                    Some(run) => { running.spawn(run); }
                    None => break,
                },
                // A run that panics has told its client by dropping its end of the answer.
                Some(_ended) = running.join_next() => {}
            }
        }
        while running.join_next().await.is_some() {}
    }
}
