//! Admission of requests: those that a server runs at the same time, and the pressure on it.
//!
//! An [`Admission`] admits or sheds each request at once. Its limit follows the latency that requests show, each compared
//! with the [`Baseline`] of its operation. Lower priorities may use a part of the limit only, so that under overload the
//! higher are served first. [`Pressure`] tells how much of an answer's optional parts to leave out.
//!
//! ```
//! use admission::{Admission, Baseline, Pressure, Priority, Settings};
//!
//! let admission = Admission::new(Settings { min: 3, max: 5, ..Settings::default() });
//! let checkout = Baseline::default();
//! let running: Vec<_> = (0..5).map(|_| admission.admit(Priority::Essential, &checkout)).collect();
//! assert_eq!((admission.limit(), admission.under_way()), (5, 5));
//!
//! let shed = admission.admit(Priority::Essential, &checkout).unwrap_err();
//! assert!(shed.retry_after.as_secs() >= 1);
//! assert_eq!(admission.pressure(), Pressure::None, "nothing was shed for a whole window yet");
//!
//! for permit in running {
//!     permit?.completed();
//! }
//! assert!(admission.admit(Priority::Background, &checkout).is_ok());
//! # Ok::<(), admission::Shed>(())
//! ```
//!
//! Next: [`Settings`] for the bounds; `limiter.rs` has the rules of the limit, `tests/simulation/` what they achieve.

mod admission;
mod baseline;
mod control;
mod limiter;
mod number;
mod permit;
mod pressure;
mod priority;
mod ratios;
mod response;
mod running;
mod settings;
mod state;
mod trial;
mod window;

pub use admission::Admission;
pub use baseline::Baseline;
pub use permit::{Permit, Shed};
pub use pressure::Pressure;
pub use priority::Priority;
pub use settings::Settings;
