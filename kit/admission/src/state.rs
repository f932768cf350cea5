//! The state that an admission and its permits share.

use std::sync::Mutex;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64};
use std::time::Duration;

use tokio::time::Instant;

use crate::baseline::Baseline;
use crate::control::Control;
use crate::number::nanos;
use crate::priority::Priority;
use crate::running::Running;
use crate::settings::Settings;
use crate::window::Window;

/// Part of a limit by which it must fall for the requests before to say nothing of it: a tenth.
const FALL: u32 = 10;
/// Stands for no time.
const NEVER: u64 = u64::MAX;

/// State shared by an admission and its permits. Times are nanoseconds since its creation.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    start: Instant,
    pub(crate) limit: AtomicU32,
    pub(crate) running: Running,
    pub(crate) pressure: AtomicU8,
    /// Number of times that the limit fell. A request from before says how slow the server was under the old limit.
    fallen: AtomicU32,
    is_credible: AtomicBool,
    overloaded_since: AtomicU64,
    /// Time of the next adjustment.
    due: AtomicU64,
    window: Window,
    control: Mutex<Control>,
}

/// The admission of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    at: u64,
    fallen: u32,
    is_essential: bool,
}

impl State {
    /// Creates the state of a server that has served nothing.
    pub(crate) fn new(settings: Settings) -> Self {
        let window = nanos(settings.window);
        Self {
            start: Instant::now(),
            limit: AtomicU32::new(settings.max.max(settings.floor())),
            running: Running::default(),
            pressure: AtomicU8::new(0),
            fallen: AtomicU32::new(0),
            is_credible: AtomicBool::new(true),
            overloaded_since: AtomicU64::new(NEVER),
            due: AtomicU64::new(window),
            window: Window::default(),
            control: Mutex::new(Control::new(&settings)),
            settings,
        }
    }

    /// Starts a request at this time, unless too many are under way.
    pub(crate) fn start(&self, at: u64, priority: Priority, baseline: &Baseline) -> Option<Start> {
        let (limit, part) = self.bounds(priority);
        let is_essential = priority == Priority::Essential;
        let running = if is_essential {
            self.running.add_essential(part, self.settings.max.max(limit))
        } else {
            self.running.add(part)
        };
        if let Some(running) = running {
            self.window.admit(baseline.number(), running);
            return Some(Start { at, fallen: self.fallen.load(Relaxed), is_essential });
        }
        self.shed(at);
        None
    }

    /// Returns true if a request would be admitted at this time; otherwise counts it as shed.
    pub(crate) fn has_room(&self, at: u64, priority: Priority) -> bool {
        let (limit, part) = self.bounds(priority);
        let has_room = if priority == Priority::Essential {
            self.running.essential() < part && self.running.all() < self.settings.max.max(limit)
        } else {
            self.running.all() < part
        };
        if !has_room {
            self.shed(at);
        }
        has_room
    }

    /// Returns the limit, and the part of it that a priority may use.
    fn bounds(&self, priority: Priority) -> (u32, u32) {
        let limit = self.limit.load(Relaxed);
        let part = u64::from(limit) * u64::from(self.settings.percent(priority)) / 100;
        (limit, u32::try_from(part).unwrap_or(u32::MAX))
    }

    /// Counts a request that is shed.
    fn shed(&self, at: u64) {
        // The first request of an overload that is shed is reacted to sooner: a queue as long as the limit has built up.
        if self.window.shed() && self.overloaded_since.load(Relaxed) == NEVER {
            self.due.fetch_min(at + self.hurry(), Relaxed);
        }
    }

    /// Learns from a request that has run to its end, or that was cut short.
    pub(crate) fn measure(&self, start: Start, baseline: &Baseline, is_cut: bool) {
        let now = self.now();
        let latency = now.saturating_sub(start.at);
        if is_cut {
            self.window.cut();
        }
        if start.fallen == self.fallen.load(Relaxed)
            && let Some(unloaded) = baseline.known()
        {
            self.window.complete(baseline.number(), latency, unloaded);
        }
        baseline.learn(latency, now, self.is_credible.load(Relaxed));
    }

    /// Ends a request.
    pub(crate) fn end(&self, start: Start) {
        self.running.remove(start.is_essential);
    }

    /// Returns the time for which requests have been shed, with pauses of less than 5 s.
    pub(crate) fn overloaded_for(&self) -> Duration {
        match self.overloaded_since.load(Relaxed) {
            NEVER => Duration::ZERO,
            since => Duration::from_nanos(self.now().saturating_sub(since)),
        }
    }

    /// Adjusts limit and pressure if a window is over. Returns the time.
    pub(crate) fn tick(&self) -> u64 {
        let now = self.now();
        if now < self.due.load(Relaxed) {
            return now;
        }
        // Another thread that holds the lock is adjusting already.
        let Ok(mut control) = self.control.try_lock() else { return now };
        if now < self.due.load(Relaxed) {
            return now;
        }
        let seen = self.window.close(self.running.all());
        let decision = control.adjust(&seen, now);
        let before = self.limit.swap(decision.limit, Relaxed);
        if decision.limit < before - before / FALL {
            self.fallen.fetch_add(1, Relaxed);
        }
        let next = if decision.is_urgent { self.hurry() } else { nanos(self.settings.window) };
        self.due.store(now + next, Relaxed);
        self.pressure.store(decision.pressure, Relaxed);
        self.is_credible.store(decision.is_credible, Relaxed);
        self.overloaded_since.store(decision.overloaded_since.unwrap_or(NEVER), Relaxed);
        now
    }

    /// Returns the time until an adjustment that is urgent: a quarter of the usual.
    fn hurry(&self) -> u64 {
        nanos(self.settings.window) / 4
    }

    fn now(&self) -> u64 {
        nanos(self.start.elapsed())
    }
}
