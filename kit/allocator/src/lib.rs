//! The allocator of a server: mimalloc, with each thread giving back what it has freed when it has nothing to do.
//!
//! mimalloc gives memory back when something is freed near it. A server that has had its peak and is quiet frees nothing,
//! and would hold what the peak took.

use std::cell::Cell;
use std::time::{Duration, Instant};

pub use mimalloc::MiMalloc as Allocator;

/// Least time between two times that a thread gives back: one takes a millisecond after a peak, some microseconds
/// otherwise.
const EVERY: Duration = Duration::from_secs(2);

thread_local! {
    static LAST: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Gives the memory that this thread has freed back to the system, unless it has done so within the last two seconds.
/// For a runtime to call when a thread of its own parks; does nothing of use where [`Allocator`] is not the allocator.
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
