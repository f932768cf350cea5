//! The allocator of a server: mimalloc, with idle threads that give freed memory back to the system.
//!
//! mimalloc gives memory back only when something is freed near it. A server that is quiet after a peak frees nothing,
//! and would hold the memory of the peak.
//!
//! ```
//! #[global_allocator]
//! static ALLOCATOR: allocator::Allocator = allocator::Allocator;
//!
//! // A runtime does this when a thread parks: `Builder::on_thread_park(allocator::give_back)`.
//! allocator::give_back();
//! ```

use std::cell::Cell;
use std::time::{Duration, Instant};

pub use mimalloc::MiMalloc as Allocator;

/// Minimum time between two runs of [`give_back`] on a thread: a run takes 0.3 ms after 80 MB were freed, and 20 µs after
/// little was.
const EVERY: Duration = Duration::from_secs(2);

thread_local! {
    static LAST: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Gives the memory that this thread has freed back to the system, unless it has done so within the last two seconds.
/// A runtime should call this function when one of its threads parks. The call has no useful effect unless
/// [`Allocator`] is the global allocator.
#[expect(
    clippy::disallowed_methods,
    reason = "a thread's own pace: no behaviour hangs on it that a test could pause"
)]
pub fn give_back() {
    let now = Instant::now();
    if LAST.get().is_some_and(|last| now.duration_since(last) < EVERY) {
        return;
    }
    LAST.set(Some(now));
    #[expect(unsafe_code, reason = "a function of C that takes a flag, has no precondition and no safe door")]
    unsafe {
        libmimalloc_sys::mi_collect(true);
    }
}
