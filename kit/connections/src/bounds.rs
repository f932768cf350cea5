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
mod tests {
    use super::*;

    fn peer(address: &str) -> Peer {
        Peer { address: Some(address.parse().unwrap()), is_trusted: false }
    }

    #[test]
    fn an_address_has_so_many_connections_and_all_together_have_so_many() {
        let bounds = Bounds::new(4, 2);
        let first = bounds.admit(peer("192.0.2.1")).unwrap();
        let _second = bounds.admit(peer("::ffff:192.0.2.1")).unwrap();
        assert!(bounds.admit(peer("192.0.2.1")).is_err());
        let _other = bounds.admit(peer("192.0.2.2")).unwrap();
        drop(first);
        let _again = bounds.admit(peer("192.0.2.1")).unwrap();
        let _last = bounds.admit(peer("192.0.2.3")).unwrap();
        assert!(bounds.admit(peer("192.0.2.4")).is_err());
        assert!(bounds.admit(Peer { is_trusted: true, ..peer("192.0.2.5") }).is_err());
    }

    #[test]
    fn a_network_of_ipv6_is_one_client_and_a_trusted_proxy_is_many() {
        let bounds = Bounds::new(100, 1);
        let _one = bounds.admit(peer("2001:db8::1")).unwrap();
        assert!(bounds.admit(peer("2001:db8::ffff:1")).is_err());
        let _other = bounds.admit(peer("2001:db8:0:1::1")).unwrap();
        let proxy = Peer { is_trusted: true, ..peer("192.0.2.1") };
        let _many: Vec<_> = (0..10).map(|_| bounds.admit(proxy).unwrap()).collect();
        let nameless: Vec<_> = (0..10).map(|_| bounds.admit(Peer::default()).unwrap()).collect();
        drop(nameless);
        assert_eq!(bounds.open().by_address.len(), 2);
    }
}
