//! The memory that prepared documents take, as the stores count it.

use operation::Prepared;

/// Memory that a prepared document takes per byte of its text, in bytes: each selection becomes nodes of several trees, the
/// program among them. As much is counted for its source and for each further form, if its form depends on variables.
const BYTES_PER_BYTE: usize = 48;

/// Memory that every entry takes, however short its text, in bytes.
const BYTES_PER_ENTRY: usize = 2_048;

/// Returns the memory that a prepared document takes, in bytes.
pub(crate) fn weight(text: &str, operation: &Prepared) -> u32 {
    let trees = 1 + operation.further_trees();
    u32::try_from(text.len() * BYTES_PER_BYTE * trees + BYTES_PER_ENTRY).unwrap_or(u32::MAX)
}
