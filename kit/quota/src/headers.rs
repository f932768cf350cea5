//! Headers of draft-ietf-httpapi-ratelimit-headers, and `Retry-After`.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::{Decision, Quota};

/// Header that says which quotas there are: [`Quota::policy_header`]. A response may have one for each quota.
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Header that says how much of a quota is left: [`Decision::limit_header`]. A response may have one for each quota.
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

impl Quota {
    /// Value of `RateLimit-Policy`: the name, the units `q` of a window and its seconds `w`, as in
    /// `"devices";q=6000;w=60`.
    #[must_use]
    pub fn policy_header(&self) -> HeaderValue {
        value(format!("\"{}\";q={};w={}", self.name(), self.units(), self.window().as_secs()))
    }
}

impl Decision {
    /// Value of `RateLimit`: the name of the quota that made the decision, the units `r` that remain, and the seconds
    /// `t` until a whole burst is there, as in `"devices";r=50;t=30`.
    #[must_use]
    pub fn limit_header(&self, quota: &Quota) -> HeaderValue {
        value(format!("\"{}\";r={};t={}", quota.name(), self.remaining(), seconds(self.reset())))
    }

    /// Value of `Retry-After` in seconds, at least one. `None` if the request is admitted, or never can be.
    #[must_use]
    pub fn retry_after_header(&self) -> Option<HeaderValue> {
        self.retry_after().map(|after| HeaderValue::from(seconds(after).max(1)))
    }
}

/// Whole seconds that are no less than a time.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("a quota's name and numbers are printable ASCII")
}
