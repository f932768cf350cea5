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
