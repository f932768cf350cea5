//! How the devices' calls behave: a radio that waits costs battery.

use std::time::Duration;

use downstream::inventory::StockOf;
use fetch::{Policies, Policy};

pub(crate) fn table() -> Policies {
    Policies::new().fetch::<StockOf>(Policy { timeout: Duration::from_millis(500) })
}
