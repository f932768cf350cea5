//! The requests under way.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// Numbers of requests under way.
#[derive(Debug, Default)]
pub(crate) struct Running {
    all: AtomicU32,
    essential: AtomicU32,
}

impl Running {
    /// Returns the number of all requests.
    pub(crate) fn all(&self) -> u32 {
        self.all.load(Relaxed)
    }

    /// Returns the number of essential requests.
    pub(crate) fn essential(&self) -> u32 {
        self.essential.load(Relaxed)
    }

    /// Adds a request if fewer than so many are under way. Returns the number with it.
    pub(crate) fn add(&self, bound: u32) -> Option<u32> {
        raise(&self.all, bound)
    }

    /// Adds an essential request if fewer essential ones than so many are under way, and fewer of all than the most there
    /// may be: others that are under way still, above a limit that fell, shed no essential one.
    pub(crate) fn add_essential(&self, bound: u32, most: u32) -> Option<u32> {
        raise(&self.essential, bound)?;
        let all = self.add(most);
        if all.is_none() {
            self.essential.fetch_sub(1, Relaxed);
        }
        all
    }

    /// Removes a request.
    pub(crate) fn remove(&self, is_essential: bool) {
        if is_essential {
            self.essential.fetch_sub(1, Relaxed);
        }
        self.all.fetch_sub(1, Relaxed);
    }
}

/// Adds one to a number that is below a bound. Returns the sum.
fn raise(number: &AtomicU32, bound: u32) -> Option<u32> {
    let before = number.fetch_update(Relaxed, Relaxed, |it| (it < bound).then_some(it + 1));
    before.ok().map(|before| before + 1)
}
