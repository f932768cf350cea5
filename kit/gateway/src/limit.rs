//! The stage that charges whoever sends an operation, by its cost.

use std::net::IpAddr;
use std::time::Duration;

use http::HeaderValue;
use identity::{Actor, Principal};
use operation::Prepared;
use quota::{Access, Decision, KeyKind, Limiter, QuotaKey, Rejection};

/// The quotas of a client's users and devices, and of the addresses from which nobody has signed in.
#[derive(Debug, Default)]
pub struct RateLimits {
    /// The quota of each user and device; `None` if there is none.
    pub principals: Option<Limiter>,
    /// The quota of each address; `None` if there is none.
    pub addresses: Option<Limiter>,
}

/// State of a quota after an operation was charged, as headers tell it.
#[derive(Clone, Debug)]
pub struct Charged {
    /// Units of the quota and their window, as the value of `RateLimit-Policy`.
    pub policy: HeaderValue,
    /// Units that are left, and the time until all are, as the value of `RateLimit`.
    pub limit: HeaderValue,
    /// Units that are left.
    pub remaining: u32,
    /// Reason for which the operation does not run; `None` if it does.
    pub(crate) rejection: Option<Rejection>,
}

impl RateLimits {
    /// Charges an operation to its principal, or to the address that it came from; `None` if that has no quota, or is not
    /// known.
    pub(crate) async fn charge(
        &self,
        operation: &Prepared,
        principal: &Principal,
        address: Option<IpAddr>,
    ) -> Option<Charged> {
        let limiter = if principal.is_signed_in() { &self.principals } else { &self.addresses }.as_ref()?;
        let key = match principal.actor() {
            Actor::User(id) => QuotaKey::new(KeyKind::User, id.as_bytes()),
            Actor::Device(id) => QuotaKey::new(KeyKind::ApiKey, id.as_bytes()),
            // Whoever makes up another visitor for each request has no more than the address has.
            Actor::Anonymous | Actor::Visitor(_) => QuotaKey::address(address?),
        };
        let access = if operation.is_query() { Access::Read } else { Access::Write };
        let cost = u32::try_from(operation.call_graph.cost()).unwrap_or(u32::MAX);
        Some(Charged::of(limiter, limiter.charge(key, cost, access).await))
    }
}

impl Charged {
    fn of(limiter: &Limiter, decision: Decision) -> Self {
        let quota = limiter.quota();
        Self {
            policy: quota.policy_header(),
            limit: decision.limit_header(quota),
            remaining: decision.remaining(),
            rejection: decision.rejection(),
        }
    }
}

/// Returns the delay after which a rejected request can come again; `None` if it never can.
pub(crate) const fn retry_after(rejection: Rejection) -> Option<Duration> {
    match rejection {
        Rejection::Exhausted { retry_after } | Rejection::StoreAway { retry_after } => Some(retry_after),
        Rejection::TooCostly => None,
    }
}
