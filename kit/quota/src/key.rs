//! Keys by which requests are charged.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN};

/// Kind of a key. Keys of different kinds never share a bucket, whatever their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// An API key, by its id.
    ApiKey,
    /// A user, by the subject of the access token.
    User,
    /// A session of a browser, by its id.
    Session,
}

/// The party that a request is charged to, as the SHA-256 of its kind and name: the name is kept nowhere. The hash of
/// an address can still be found by trying all addresses.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct QuotaKey([u8; SHA256_OUTPUT_LEN]);

impl QuotaKey {
    /// Creates the key of a party by its kind and name.
    #[must_use]
    pub fn new(kind: KeyKind, name: &[u8]) -> Self {
        match kind {
            KeyKind::ApiKey => Self::hash(b"api-key:", name),
            KeyKind::User => Self::hash(b"user:", name),
            KeyKind::Session => Self::hash(b"session:", name),
        }
    }

    /// Creates the key of an address. IPv6 addresses of one /64 network have the same key, since a subscriber gets all
    /// of them; an IPv4 address in IPv6 clothes has the key of the IPv4 address.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::hash(b"ipv4:", &address.octets()),
            IpAddr::V6(address) => Self::hash(b"ipv6:", &address.octets()[..8]),
        }
    }

    /// No kind starts as another does, so that no name can stand for one of another kind.
    fn hash(kind: &[u8], name: &[u8]) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(kind);
        context.update(name);
        let mut hash = [0; SHA256_OUTPUT_LEN];
        hash.copy_from_slice(context.finish().as_ref());
        Self(hash)
    }

    /// The hash as text of a store's key.
    pub(crate) fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl fmt::Debug for QuotaKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("QuotaKey").finish_non_exhaustive()
    }
}
