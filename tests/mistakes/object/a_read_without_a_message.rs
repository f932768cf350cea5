//! An object without a message reads one.

use bff_kit::object;

/// The home screen.
#[object]
pub struct Home {
    /// A greeting.
    #[read(greeting)]
    greeting: String,
}
