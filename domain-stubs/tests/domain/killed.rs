//! The process is killed in the middle of writes, and the same calls are made again.

/// Each order exists once, and everything agrees with it.
mod orders;
/// Each reading is counted once.
mod telemetry;
