//! Buckets in Redis.

use std::time::Duration;

use futures_util::FutureExt as _;
use redis::Script;

use crate::{Buckets, Rate, RedisStore, Stored, Taken};

/// Takes `units` from the bucket under `KEYS[1]`; `unit_ns`, `burst`, `units`. A bucket is text: its debt in
/// nanoseconds, and the microsecond of the server's clock at which it had that debt. It expires once it is whole. A
/// clock that was set back gives no units, and nobody has to wait until it has caught up.
pub(super) fn script() -> Script {
    Script::new(
        "local unit, burst, units = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
         local time = redis.call('TIME')
         local now = time[1] * 1000000 + time[2]
         local debt, set_back = 0, false
         local there = redis.call('GET', KEYS[1])
         if there then
             local owed, at = string.match(there, '^(%d+):(%d+)$')
             set_back = now < tonumber(at)
             debt = math.max(0, owed - math.max(0, now - at) * 1000)
         end
         local admitted = debt + units * unit <= burst * unit
         if admitted then debt = debt + units * unit end
         if admitted or set_back then
             local keep = math.max(1, math.ceil(debt / 1000000))
             redis.call('SET', KEYS[1], string.format('%.0f:%.0f', debt, now), 'PX', keep)
         end
         return {admitted and 1 or 0, debt}",
    )
}

impl Buckets for RedisStore {
    fn take<'a>(&'a self, key: &'a str, units: u32, rate: Rate) -> Stored<'a, Taken> {
        async move {
            let unit_ns = u64::try_from(rate.unit().as_nanos()).unwrap_or(u64::MAX);
            let script = &self.scripts.take;
            let (admitted, debt_ns) =
                self.run(script.key(key).arg(unit_ns).arg(rate.burst().get()).arg(units)).await?;
            Ok(Taken { admitted, debt: Duration::from_nanos(debt_ns) })
        }
        .boxed()
    }
}
