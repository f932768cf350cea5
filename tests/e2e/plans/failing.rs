//! Every operation × RPC × failure: the answer lacks the fields that the plan says, and all others are intact.

use std::collections::BTreeSet;

use bff_kit::host::config::Config;
use operation::{Consequence, Failure, FailureMode, Outcome};
use proto::admin::{self, KeyFault, KeyFaultKind, OddAnswer};
use serde_json::Value;

use crate::support::{Answer, Operation, Shop, operations};

/// RPCs whose failure cannot be seen: a page after the first has no head, a refetched object is an order, and recently
/// seen objects are products, orders and users.
const UNSEEN: [&str; 14] = [
    "mobile Notifications shop.users.v1.UserService/GetPreferences",
    "web RecentlySeen shop.carts.v1.CartService/GetCart",
    "web RecentlySeen shop.catalog.v1.CatalogService/ListCategories",
    "web RecentlySeen shop.notifications.v1.NotificationService/BatchGetNotifications",
    "web RecentlySeen shop.payments.v1.PaymentService/ListPaymentMethods",
    "web RecentlySeen shop.reviews.v1.ReviewService/BatchGetReviews",
    "web Refetch shop.carts.v1.CartService/GetCart",
    "web Refetch shop.catalog.v1.CatalogService/ListCategories",
    "web Refetch shop.inventory.v1.InventoryService/BatchGetStock",
    "web Refetch shop.notifications.v1.NotificationService/BatchGetNotifications",
    "web Refetch shop.payments.v1.PaymentService/ListPaymentMethods",
    "web Refetch shop.pricing.v1.PricingService/BatchGetPrices",
    "web Refetch shop.reviews.v1.ReviewService/BatchGetReviews",
    "web Refetch shop.users.v1.UserService/BatchGetUsers",
];

/// Deadline of a request when a service is silent: long enough for the services that are not.
const DEADLINE_MS: u64 = 900;

/// A way to break an RPC.
#[derive(Clone, Copy, Debug)]
enum Break {
    /// Every call fails with this status.
    Status(i32),
    /// Every key of a batch fails with this status.
    Keys(i32),
    /// Every call gets an odd response.
    Odd(OddAnswer),
    /// No call gets a response.
    Silent,
}

/// Odd responses of a broken service, or of a proxy in front of it, with the failure mode each counts as.
const ODD: [(OddAnswer, FailureMode); 8] = [
    (OddAnswer::HttpUnavailable, FailureMode::Unavailable),
    (OddAnswer::HttpUnauthorized, FailureMode::Unavailable),
    (OddAnswer::HttpOk, FailureMode::Unavailable),
    (OddAnswer::CutOff, FailureMode::Unavailable),
    (OddAnswer::Reset, FailureMode::Unavailable),
    (OddAnswer::Unreadable, FailureMode::Internal),
    (OddAnswer::TooLarge, FailureMode::Internal),
    (OddAnswer::Empty, FailureMode::Internal),
];

impl Break {
    /// All breaks of an RPC except silence.
    fn all(rpc: &str) -> Vec<Self> {
        let statuses = (1..=16).map(Self::Status);
        let keys = (1..=16).filter(|_| rpc.contains("/Batch")).map(Self::Keys);
        statuses.chain(keys).chain(ODD.map(|(odd, _)| Self::Odd(odd))).collect()
    }

    /// The failure mode that the plan lists for this break.
    fn means(self) -> FailureMode {
        match self {
            Self::Status(code) | Self::Keys(code) => FailureMode::of_status(code).unwrap(),
            Self::Odd(odd) => ODD.into_iter().find(|(it, _)| *it == odd).unwrap().1,
            Self::Silent => FailureMode::Timeout,
        }
    }

    fn fault(self, rpc: &str) -> admin::Fault {
        let fault = admin::Fault { rpc: rpc.to_owned(), ..admin::Fault::default() };
        match self {
            Self::Status(error_code) => admin::Fault { error_code, ..fault },
            Self::Keys(error_code) => {
                let kind = KeyFaultKind::Error.into();
                let key_fault = KeyFault { keys: Vec::new(), kind, error_code };
                admin::Fault { key_faults: vec![key_fault], ..fault }
            }
            Self::Odd(odd) => admin::Fault { odd_answer: odd.into(), ..fault },
            Self::Silent => admin::Fault { black_hole: true, ..fault },
        }
    }
}

/// The expected answer, derived from the answer when nothing fails.
#[derive(Default)]
struct Expected {
    data: Value,
    /// Paths without list indices, with codes.
    errors: BTreeSet<String>,
    degraded: BTreeSet<String>,
    /// Number of consequences that apply to this answer.
    applied: usize,
}

impl Expected {
    fn of(healthy: &Value, consequences: &[Consequence]) -> Self {
        let mut expected = Self { data: healthy.clone(), ..Self::default() };
        for consequence in consequences {
            let path: Vec<_> = consequence.path.split('.').collect();
            let mut data = std::mem::take(&mut expected.data);
            if apply(&mut data, &path, consequence) {
                expected.note(consequence);
                expected.applied += 1;
            }
            expected.data = data;
        }
        expected
    }

    fn note(&mut self, consequence: &Consequence) {
        match &consequence.outcome {
            Outcome::Null { code: Some(code) } => self.errors.insert(format!("{}: {code}", consequence.path)),
            Outcome::Fallback { code: Some(code), .. } | Outcome::Unchanged { code: Some(code) } => {
                self.degraded.insert(format!("{}: {code}", consequence.path))
            }
            _ => false,
        };
    }
}

/// Changes every value at the path; returns true if there was one.
fn apply(value: &mut Value, path: &[&str], consequence: &Consequence) -> bool {
    if let Value::Array(items) = value
        && !(path.is_empty() && consequence.on.is_none())
    {
        let applied: Vec<_> = items.iter_mut().map(|item| apply(item, path, consequence)).collect();
        return applied.contains(&true);
    }
    let Some((first, rest)) = path.split_first() else {
        let other = consequence.on.as_ref().is_some_and(|on| value["__typename"] != on.as_str());
        if other {
            return false;
        }
        match &consequence.outcome {
            Outcome::Null { .. } => *value = Value::Null,
            Outcome::Fallback { value: fallback, .. } => *value = serde_json::from_str(fallback).unwrap(),
            Outcome::UserErrors | Outcome::Unchanged { .. } => {}
        }
        return true;
    };
    match value.get_mut(first) {
        Some(below) => apply(below, rest, consequence),
        None => false,
    }
}

/// The data without the times of changes, which differ between two runs of a mutation.
fn timeless(data: &Value) -> Value {
    match data {
        Value::Object(object) => {
            let field = |(name, value): (&String, &Value)| {
                let is_time = matches!(name.as_str(), "updatedAt" | "placedAt" | "createdAt" | "when");
                let value = if is_time && value.is_string() { "some time".into() } else { timeless(value) };
                (name.clone(), value)
            };
            object.iter().map(field).collect()
        }
        Value::Array(items) => items.iter().map(timeless).collect(),
        other => other.clone(),
    }
}

/// Lines of errors and degraded fields without list indices and counts.
fn lines(all: Vec<String>) -> BTreeSet<String> {
    let line = |line: String| {
        let (path, code) = line.split_once(": ").unwrap();
        let names: Vec<_> = path.split('.').filter(|it| it.parse::<usize>().is_err()).collect();
        format!("{}: {}", names.join("."), code.split(' ').next().unwrap())
    };
    all.into_iter().map(line).collect()
}

/// Compares an answer with the failure table; returns the number of consequences that could be seen.
fn check(
    operation: &Operation,
    failure: &Failure,
    broken: Break,
    healthy: &Answer,
    answer: &Answer,
) -> usize {
    let fault = broken.means();
    let consequences = match fault {
        FailureMode::Unavailable => &failure.unavailable,
        FailureMode::Timeout => &failure.timeout,
        FailureMode::Internal => &failure.internal,
        FailureMode::Declined => &failure.declined,
        FailureMode::NotFound => &failure.not_found,
    };
    let what = format!("{} {}, {} {broken:?}: {}", operation.kind, operation.name, failure.rpc, answer.text);
    assert!(failure.awaited || consequences.is_empty(), "{what}");
    if consequences.iter().any(|it| it.outcome == Outcome::UserErrors) {
        let [consequence] = &consequences[..] else { panic!("{what}") };
        let path = format!("/{}/userErrors/0/code", consequence.path);
        let code = if fault == FailureMode::NotFound { "NOT_FOUND" } else { "REFUSED" };
        assert_eq!(answer.data(&path), code, "{what}");
        // The payload holds the user error alone, and no field beside it is affected.
        let payload = answer.data(&format!("/{}", consequence.path)).as_object().unwrap();
        let others = payload.iter().filter(|(field, _)| *field != "userErrors" && *field != "__typename");
        assert!(
            others.into_iter().all(|(_, value)| value.is_null() || *value == serde_json::json!([])),
            "{what}"
        );
        assert_eq!((lines(answer.errors()), lines(answer.degraded())), Default::default(), "{what}");
        return 1;
    }
    let expected = Expected::of(&healthy.body["data"], consequences);
    assert_eq!(timeless(&answer.body["data"]), timeless(&expected.data), "{what}");
    assert_eq!(lines(answer.errors()), expected.errors, "{what}");
    assert_eq!(lines(answer.degraded()), expected.degraded, "{what}");
    // Each entry names the service that is to blame.
    let (service, _) = failure.rpc.split_once('/').unwrap();
    let of_service = format!(" of {} ×", service.rsplit('.').next().unwrap());
    assert!(answer.degraded().iter().all(|line| line.contains(&of_service)), "{what}");
    expected.applied
}

/// Each run is by itself: a mutation runs though its key is the same, and an RPC that failed before is called.
fn configured(config: &mut Config) {
    config.server.deadline_ms = Some(DEADLINE_MS);
    config.operations.replay_ms = 0;
    config.upstream.breaker_min_calls = 0;
}

/// Runs an operation in a shop of its own, with an RPC broken.
async fn run(operation: &Operation, fault: Option<admin::Fault>) -> Answer {
    let shop = Shop::with(configured).await;
    if let Some(fault) = fault {
        shop.fail(fault);
    }
    operation.run(&shop, &operation.full).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_fails_as_its_plan_says() {
    let shop = Shop::with(configured).await;
    let (mut cases, mut seen, mut unseen) = (0, 0, Vec::new());
    for operation in operations() {
        // A mutation that succeeded would have another outcome the next time.
        let own = if operation.is_mutation() { Some(Shop::with(configured).await) } else { None };
        let healthy = match &own {
            Some(_) => run(&operation, None).await,
            None => operation.run(&shop, &operation.full).await,
        };
        let shop = own.as_ref().unwrap_or(&shop);
        assert!(healthy.body.get("errors").is_none(), "{} {}", operation.name, healthy.text);
        for failure in &operation.plan.failures {
            for broken in Break::all(&failure.rpc) {
                shop.fail(broken.fault(&failure.rpc));
                let answer = operation.run(shop, &operation.full).await;
                shop.domain.faults().clear();
                let applied = check(&operation, failure, broken, &healthy, &answer);
                cases += 1;
                seen += applied;
                if applied == 0 && failure.awaited && matches!(broken, Break::Status(14)) {
                    unseen.push(format!("{} {} {}", operation.kind, operation.name, failure.rpc));
                }
            }
        }
    }
    assert!(cases >= 5_000 && seen >= cases, "{cases} cases, {seen} consequences");
    assert_eq!(unseen, UNSEEN, "nothing shows that these failed");
}

/// Runs an operation in a shop of its own without sockets, with an RPC broken.
async fn in_memory(operation: &Operation, fault: Option<admin::Fault>) -> Answer {
    let shop = Shop::in_memory(configured);
    if let Some(fault) = fault {
        shop.fail(fault);
    }
    operation.run(&shop, &operation.full).await
}

/// Runs without sockets, on a clock that moves only when every task waits: a service is slow because it is silent,
/// never because the machine is busy.
#[tokio::test(start_paused = true)]
async fn every_operation_is_slow_as_its_plan_says() {
    let mut runs = 0;
    for operation in operations() {
        let healthy = in_memory(&operation, None).await;
        for failure in &operation.plan.failures {
            let answer = in_memory(&operation, Some(Break::Silent.fault(&failure.rpc))).await;
            check(&operation, failure, Break::Silent, &healthy, &answer);
            runs += 1;
        }
    }
    assert!(runs >= 100, "{runs}");
}
