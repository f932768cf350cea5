//! Admission of requests.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use crate::baseline::Baseline;
use crate::permit::{Permit, Shed};
use crate::pressure::Pressure;
use crate::priority::Priority;
use crate::settings::Settings;
use crate::state::State;

/// Decides which requests a server runs at the same time. Clones share their state.
#[derive(Clone, Debug)]
pub struct Admission(Arc<State>);

impl Admission {
    /// Creates the admission of a server, with the limit at its most.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(State::new(settings)))
    }

    /// Admits a request of an operation, or sheds it at once. There is no queue, and no lock but a short one a window.
    pub fn admit(&self, priority: Priority, baseline: &Baseline) -> Result<Permit, Shed> {
        let now = self.0.tick();
        match self.0.start(now, priority, baseline) {
            Some(start) => Ok(Permit::new(self.0.clone(), baseline.clone(), start)),
            None => Err(Shed::after(self.0.overloaded_for())),
        }
    }

    /// Returns an error if a request would be shed just now, so that a server need not read more of it.
    pub fn room(&self, priority: Priority) -> Result<(), Shed> {
        let now = self.0.tick();
        if self.0.has_room(now, priority) { Ok(()) } else { Err(Shed::after(self.0.overloaded_for())) }
    }

    /// Returns how hard the server is pressed: one atomic read. It is as of the last request.
    #[must_use]
    pub fn pressure(&self) -> Pressure {
        Pressure::at(self.0.pressure.load(Relaxed))
    }

    /// Returns the number of requests that may be under way at a time.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.0.limit.load(Relaxed)
    }

    /// Returns the number of requests under way.
    #[must_use]
    pub fn under_way(&self) -> u32 {
        self.0.running.all()
    }

    /// Brings limit and pressure up to the time, as every request does. Metrics of a server without requests would
    /// otherwise show its last overload.
    pub fn refresh(&self) {
        self.0.tick();
    }
}
