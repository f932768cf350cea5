//! Parties, and what stays of their names.

use std::net::IpAddr;
use std::sync::Arc;

use quota::{Access, KeyKind, Limiter, QuotaKey};

use crate::support::{SharedBuckets, quota};

fn address(text: &str) -> QuotaKey {
    QuotaKey::address(text.parse::<IpAddr>().unwrap())
}

#[test]
fn addresses_of_one_ipv6_network_are_one_party() {
    let key = address("2001:db8:1:2:3:4:5:6");
    assert_eq!(key, address("2001:db8:1:2::"));
    assert_eq!(key, address("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    assert_ne!(key, address("2001:db8:1:3:3:4:5:6"));
    assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    assert_eq!(address("192.0.2.1"), address("::ffff:192.0.2.1"));
    assert_ne!(address("::ffff:192.0.2.1"), address("::ffff:192.0.2.2"), "not one network of all IPv4");
}

#[tokio::test(start_paused = true)]
async fn an_ipv6_network_has_one_burst() {
    let limiter = Limiter::new(quota(100));
    let hosts = (0..1_000_u32).map(|host| address(&format!("2001:db8:1:2::{host:x}")));
    assert_eq!(hosts.filter(|key| limiter.charge_here(*key, 1).is_admitted()).count(), 100);
    assert!(limiter.charge_here(address("2001:db8:1:3::1"), 100).is_admitted());
}

#[test]
fn kinds_do_not_share_names() {
    let keys = [KeyKind::ApiKey, KeyKind::User, KeyKind::Session].map(|kind| QuotaKey::new(kind, b"ada"));
    assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
    assert_ne!(QuotaKey::new(KeyKind::User, &[192, 0, 2, 1]), address("192.0.2.1"));
}

#[tokio::test(start_paused = true)]
async fn no_name_is_kept() {
    let shared = Arc::new(SharedBuckets::default());
    let limiter = Limiter::new(quota(100)).sharing(shared.clone());
    for key in [QuotaKey::new(KeyKind::User, b"ada-lovelace"), address("192.0.2.77")] {
        assert!(limiter.charge(key, 1, Access::Read).await.is_admitted());
        assert_eq!(format!("{key:?}"), "QuotaKey { .. }");
    }
    let kept = format!("{limiter:?} {:?}", shared.names());
    // The whole of the limiter is printed: the debts of both keys are in it, twice.
    assert!(kept.contains("own: {") && kept.contains("quota:devices:"));
    for name in ["ada", "lovelace", "192.0.2", "c000024d", "192, 0, 2, 77", "97, 100, 97"] {
        assert!(!kept.contains(name), "{name} in {kept}");
    }
    // SHA-256 of `user:ada-lovelace`, so that replicas of another version name it the same.
    let expected = "quota:devices:e2CsP61nv3hRxXJ4f5iVz69nnUgPrmwm8PGVJGbcFGw";
    assert!(shared.names().iter().any(|name| name == expected), "{:?}", shared.names());
}
