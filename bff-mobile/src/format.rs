//! Text for a small screen.

mod money;
mod time;

pub(crate) use money::money;
pub(crate) use time::ago;
