//! API keys of devices, kept as hashes in a file.

mod edits;
mod error;
mod file;
mod format;
mod hash;
mod record;
mod report;
mod ring;
mod sign_in;

pub use edits::{IssuedKey, KeyOrder};
pub use error::KeyFileError;
pub use file::KeyFile;
pub use format::KeyPrefix;
pub use report::{KeyReport, KeyState};
pub use ring::KeyRing;
pub use sign_in::ApiKeySignIn;
