//! The admission in front of a simulated server: requests arrive whether or not earlier ones are answered, a number of
//! workers take them from a queue, and time is tokio's paused clock.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(clippy::print_stdout, reason = "a simulation shows what it finds")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "numbers of a simulation are small"
)]

mod capacity;
mod hanging;
mod noise;
mod overload;
mod pressure;
mod priorities;
mod report;
mod slower;
mod world;
