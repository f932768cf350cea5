//! Sessions of browsers. A browser holds a random id, as a cookie; the store holds all else, under the hash of that id.

mod id;
mod record;
mod registry;
mod settings;

pub use id::{SessionHandle, SessionId};
pub use record::Session;
pub use registry::{SessionError, Sessions};
pub use settings::SessionSettings;
