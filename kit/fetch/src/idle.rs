//! Detects when a request can make no more progress without I/O, so that its batches can be sent.
//!
//! A batch should hold every key that is known at that moment, and be sent without further delay. Timers and yields
//! only guess the moment. The request's own future tells it exactly: once polling leads to no further wake, every
//! part of the future waits for something outside, and the waiting fetches can be sent.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// Maximum number of polls in a row before other tasks get their turn.
const MAX_POLLS: usize = 1_000;

/// Holds fetches back until the rest of their request is idle.
#[derive(Debug, Default)]
pub(crate) struct IdleDetector(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Number of times that the request has become idle.
    round: u64,
    waiting: Vec<Waker>,
}

impl IdleDetector {
    /// Waits until the rest of the request is idle.
    pub(crate) async fn idle(&self) {
        let mut entered = None;
        poll_fn(|context| {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if *entered.get_or_insert(state.round) < state.round {
                return Poll::Ready(());
            }
            state.waiting.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Runs a future in which some parts wait until the others are idle.
    pub(crate) async fn drive<F: Future>(&self, future: F) -> F::Output {
        // tokio's cooperative budget makes busy tasks pause midway, which would split batches here.
        let mut future = pin!(tokio::task::unconstrained(future));
        let watch = Arc::new(Watch::default());
        let waker = Waker::from(watch.clone());
        poll_fn(|outer| {
            watch.outer.register(outer.waker());
            let mut inner = Context::from_waker(&waker);
            for _ in 0..MAX_POLLS {
                watch.woken.store(false, Ordering::Relaxed);
                if let Poll::Ready(output) = future.as_mut().poll(&mut inner) {
                    return Poll::Ready(output);
                }
                if !watch.woken.load(Ordering::Acquire) && !self.release() {
                    return Poll::Pending;
                }
            }
            outer.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    }

    /// Wakes all waiters. Returns false if there are none.
    fn release(&self) -> bool {
        let waiting = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.round += 1;
            std::mem::take(&mut state.waiting)
        };
        let any = !waiting.is_empty();
        waiting.into_iter().for_each(Waker::wake);
        any
    }
}

/// Waker that forwards wakes to the outer task and records that there was one.
#[derive(Default)]
struct Watch {
    woken: AtomicBool,
    outer: AtomicWaker,
}

impl Wake for Watch {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.outer.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Becomes ready at its last poll and wakes itself at every poll, as one of many futures in a set does.
    async fn busy(polls: usize) {
        let mut left = polls;
        poll_fn(|context| {
            left -= 1;
            context.waker().wake_by_ref();
            if left > 0 { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }

    #[tokio::test]
    async fn waiting_parts_go_on_once_all_busy_parts_have_stopped() {
        let idle = IdleDetector::default();
        let log = Mutex::new(Vec::new());
        let step = |name: &'static str| log.lock().unwrap().push(name);
        let fetching = async || {
            idle.idle().await;
            step("fetch");
        };
        let working = async |polls| {
            busy(polls).await;
            step("is done");
            fetching().await;
        };
        idle.drive(async { tokio::join!(fetching(), working(20), fetching(), working(200)) }).await;
        assert_eq!(log.into_inner().unwrap(), ["is done", "is done", "fetch", "fetch", "fetch", "fetch"]);
    }
}
