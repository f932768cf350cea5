//! Bounds on concurrent connections and requests, in total and per client address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::peer::{Bound, Peer};

/// A total bound and a bound per address, with the current counts.
#[derive(Debug)]
pub(crate) struct Bounds {
    all: usize,
    of_address: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Guard of an admitted connection or request, which counts until the guard is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    bounds: Arc<Bounds>,
    address: Option<IpAddr>,
}

impl Bounds {
    pub(crate) fn new(all: usize, of_address: usize) -> Arc<Self> {
        Arc::new(Self { all, of_address, open: Mutex::default() })
    }

    /// Admits one more from this peer; fails with the bound that the peer exceeds. A trusted proxy speaks for many
    /// clients, so only the total bound applies to it.
    pub(crate) fn admit(self: &Arc<Self>, peer: Peer) -> Result<Admitted, Bound> {
        let address = peer.address.filter(|_| !peer.is_trusted).map(of_one_client);
        let mut open = self.open();
        if open.all >= self.all {
            return Err(Bound::InAll);
        }
        if address.is_some_and(|address| open.by_address.get(&address) >= Some(&self.of_address)) {
            return Err(Bound::OfAddress);
        }
        open.all += 1;
        if let Some(address) = address {
            *open.by_address.entry(address).or_default() += 1;
        }
        drop(open);
        Ok(Admitted { bounds: self.clone(), address })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self.bounds.open();
        open.all -= 1;
        if let Some(address) = self.address
            && let Some(count) = open.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&address);
            }
        }
    }
}

/// Returns the part of an address that its client cannot choose: for IPv6, the /64 network.
fn of_one_client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests;
