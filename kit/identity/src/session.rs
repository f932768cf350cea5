//! Sessions of browsers. A browser holds a random id, as a cookie; the store holds all else, under the hash of that id.

mod id;
mod record;
mod registry;
mod seal;
mod settings;

pub use id::{SessionHandle, SessionId};
pub use record::Session;
pub use registry::{SessionError, Sessions};
pub use settings::SessionSettings;

pub(crate) use id::{hashed, random_text};
pub(crate) use registry::Brought;
