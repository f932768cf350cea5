//! Knowing when everything of a request that can go on has gone on.
//!
//! A batch should hold every key that is known by then, and be sent not a moment later. Timers and yields guess
//! when that is. The request's own future knows: once polling it leads to no further wake, all of it waits for
//! something outside, and whoever waits to ask can ask.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// Polls in a row before other tasks get their turn.
const MAX_POLLS: usize = 1_000;

/// Where those wait who want to ask, until the rest of their request has settled.
#[derive(Debug, Default)]
pub(crate) struct IdleDetector(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How often it has settled.
    round: u64,
    waiting: Vec<Waker>,
}

impl IdleDetector {
    /// Waits until everything else has settled.
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

    /// Runs a future, parts of which wait for the others to have settled.
    pub(crate) async fn drive<F: Future>(&self, future: F) -> F::Output {
        // tokio makes busy tasks pause in the middle of things; here that would tear batches apart.
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

    /// Lets all go on who wait; false when nobody does.
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

/// Passes wakes on and notes that there was one.
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

    /// Becomes ready at its last poll, waking itself at each before: as one of many futures in a set does.
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
    async fn who_waits_goes_on_when_all_who_are_busy_have_stopped() {
        let idle = IdleDetector::default();
        let log = Mutex::new(Vec::new());
        let step = |name: &'static str| log.lock().unwrap().push(name);
        let asking = async || {
            idle.idle().await;
            step("asks");
        };
        let working = async |polls| {
            busy(polls).await;
            step("is done");
            asking().await;
        };
        idle.drive(async { tokio::join!(asking(), working(20), asking(), working(200)) }).await;
        assert_eq!(log.into_inner().unwrap(), ["is done", "is done", "asks", "asks", "asks", "asks"]);
    }
}
