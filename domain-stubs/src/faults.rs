//! Faults that can be switched on while the domain runs, for each RPC.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use proto::admin::{Fault, KeyFault, KeyFaultKind, OddAnswer};
use tonic::{Code, Status};

use crate::{contracts, hash::Random, refusal::Refusal};

/// The faults of a domain, one for each RPC at most. Cheap to clone; clones share their switches.
#[derive(Clone)]
pub struct Faults(Arc<Mutex<Switches>>);

struct Switches {
    by_rpc: BTreeMap<String, Fault>,
    random: Random,
}

/// The faults drawn for one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Breakage {
    /// True to apply them after the service has done its work.
    pub(crate) after_work: bool,
    /// Time to wait before anything else.
    pub(crate) wait: Duration,
    /// Failure of the call after that wait.
    pub(crate) failure: Option<Failure>,
    /// Faults of its keys, for a call that does not fail.
    pub(crate) keys: KeyFaults,
}

/// A failure of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A status, and the time after which the client may retry, if it is sent.
    Status(Code, Option<Duration>),
    /// A malformed response, which breaks the rules of gRPC or the limits of clients.
    Odd(OddAnswer),
    /// No response at all.
    BlackHole,
}

/// The key faults of one call, among the extensions of its request.
#[derive(Debug, Clone)]
pub(crate) struct KeyFaults(pub(crate) Arc<[KeyFault]>);

impl Faults {
    /// No faults at first; `seed` is the seed of the draws for jitter and rates.
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Switches { by_rpc: BTreeMap::new(), random: Random::new(seed) })))
    }

    /// Sets the fault of one RPC, in place of any earlier one.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` when the RPC is unknown or the fault is invalid.
    pub fn set(&self, fault: Fault) -> Result<(), Status> {
        check(&fault)?;
        self.lock().by_rpc.insert(fault.rpc.clone(), fault);
        Ok(())
    }

    /// Clears the fault of one RPC, if it has any. Calls that wait already go on waiting.
    pub fn remove(&self, rpc: &str) {
        self.lock().by_rpc.remove(rpc);
    }

    /// Clears all faults. Calls that wait already go on waiting.
    pub fn clear(&self) {
        self.lock().by_rpc.clear();
    }

    /// The faults that are set, by RPC.
    #[must_use]
    pub fn list(&self) -> Vec<Fault> {
        self.lock().by_rpc.values().cloned().collect()
    }

    /// Draws the faults of the next call of an RPC.
    pub(crate) fn draw(&self, rpc: &str) -> Breakage {
        let mut switches = self.lock();
        let Switches { by_rpc, random } = &mut *switches;
        let Some(fault) = by_rpc.get(rpc) else { return Breakage::default() };
        Breakage {
            after_work: fault.after_work,
            wait: draw_wait(fault, random),
            failure: draw_failure(fault, random),
            keys: KeyFaults(fault.key_faults.clone().into()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Switches> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Faults").field(&self.list()).finish()
    }
}

impl Default for KeyFaults {
    fn default() -> Self {
        Self(Arc::new([]))
    }
}

fn draw_wait(fault: &Fault, random: &mut Random) -> Duration {
    let certain = fault.latency_rate == 0.0;
    if !certain && random.unit() >= fault.latency_rate {
        return Duration::ZERO;
    }
    let jitter = duration(fault.jitter.as_ref());
    let jitter = if jitter.is_zero() { jitter } else { jitter.mul_f64(random.unit()) };
    duration(fault.latency.as_ref()) + jitter
}

fn draw_failure(fault: &Fault, random: &mut Random) -> Option<Failure> {
    if fault.black_hole {
        return Some(Failure::BlackHole);
    }
    if fault.odd_answer() != OddAnswer::Unspecified {
        return Some(Failure::Odd(fault.odd_answer()));
    }
    let certain = fault.error_rate == 0.0;
    let fails = fault.error_code != 0 && (certain || random.unit() < fault.error_rate);
    let delay = fault.retry_delay.as_ref().map(|delay| duration(Some(delay)));
    fails.then(|| Failure::Status(Code::from_i32(fault.error_code), delay))
}

fn duration(duration: Option<&prost_types::Duration>) -> Duration {
    duration.and_then(|duration| Duration::try_from(*duration).ok()).unwrap_or_default()
}

fn check(fault: &Fault) -> Result<(), Refusal> {
    let reject = |field: &str, problem: &str| Err(Refusal::invalid("FAULT_INVALID", field, problem));
    let Some(rpc) = contracts::rpc(&fault.rpc).filter(contracts::is_of_the_shop) else {
        return reject("fault.rpc", &format!("there is no RPC {:?}", fault.rpc));
    };
    for (field, time) in [
        ("fault.latency", &fault.latency),
        ("fault.jitter", &fault.jitter),
        ("fault.retry_delay", &fault.retry_delay),
    ] {
        if time.as_ref().is_some_and(|time| Duration::try_from(*time).is_err()) {
            return reject(field, "must not be negative");
        }
    }
    if OddAnswer::try_from(fault.odd_answer).is_err() {
        return reject("fault.odd_answer", "is unknown");
    }
    if !is_code(fault.error_code) {
        return reject("fault.error_code", "is not a status code of gRPC");
    }
    for (field, rate) in [("fault.error_rate", fault.error_rate), ("fault.latency_rate", fault.latency_rate)]
    {
        if !(0.0..=1.0).contains(&rate) {
            return reject(field, "must be between 0 and 1");
        }
    }
    if !fault.key_faults.is_empty() && !contracts::is_batch(&rpc) {
        return reject("fault.key_faults", "are for batch reads only");
    }
    for (at, key_fault) in fault.key_faults.iter().enumerate() {
        match KeyFaultKind::try_from(key_fault.kind) {
            Err(_) | Ok(KeyFaultKind::Unspecified) => {
                return reject(&format!("fault.key_faults[{at}].kind"), "must be specified");
            }
            Ok(KeyFaultKind::Error) if key_fault.error_code == 0 || !is_code(key_fault.error_code) => {
                return reject(&format!("fault.key_faults[{at}].error_code"), "is not the code of an error");
            }
            Ok(_) => {}
        }
    }
    Ok(())
}

fn is_code(code: i32) -> bool {
    (0..=i32::from(Code::Unauthenticated)).contains(&code)
}

#[cfg(test)]
mod tests;
