//! Every operation × RPC × way to fail: what is missing is what the plan says, and all else stands.

use std::collections::BTreeSet;

use operation::{Consequence, Failure, FailureMode, Outcome};
use proto::admin::{self, KeyFault, KeyFaultKind, OddAnswer};
use serde_json::Value;

use crate::support::{Answer, Operation, Shop, operations};

/// RPCs whose failing cannot be seen: a page after the first has no head, what is refetched is an order, and what was
/// seen are products, orders and users.
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

/// How long a request may take when a service is silent: long enough for those that are not.
const DEADLINE_MS: u64 = 900;

/// A way to break an RPC.
#[derive(Clone, Copy, Debug)]
enum Break {
    /// Every call is answered with this status.
    Status(i32),
    /// Every key is.
    Keys(i32),
    /// Every call is answered oddly.
    Odd(OddAnswer),
    /// No call is answered.
    Silent,
}

/// What is between us and a service, or a service that is broken, and how we take it.
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
    /// All but silence, for an RPC.
    fn all(rpc: &str) -> Vec<Self> {
        let statuses = (1..=16).map(Self::Status);
        let keys = (1..=16).filter(|_| rpc.contains("/Batch")).map(Self::Keys);
        statuses.chain(keys).chain(ODD.map(|(odd, _)| Self::Odd(odd))).collect()
    }

    /// What it is to the plan.
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

/// What the answer must be, from what it is when nothing fails.
#[derive(Default)]
struct Expected {
    data: Value,
    /// Paths, list indices left out, with codes.
    errors: BTreeSet<String>,
    degraded: BTreeSet<String>,
    /// Consequences that there was something for.
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

/// Changes every value at the path; answers whether there was one.
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

/// The data without the times at which something was changed: two changes are made at two of them.
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

/// Holds an answer against the failure table; answers how many of its consequences could be seen.
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
        FailureMode::Refused => &failure.refused,
        FailureMode::NotFound => &failure.not_found,
    };
    let what = format!("{} {}, {} {broken:?}: {}", operation.kind, operation.name, failure.rpc, answer.text);
    assert!(failure.awaited || consequences.is_empty(), "{what}");
    if consequences.iter().any(|it| it.outcome == Outcome::UserErrors) {
        let [consequence] = &consequences[..] else { panic!("{what}") };
        let path = format!("/{}/userErrors/0/code", consequence.path);
        let code = if fault == FailureMode::NotFound { "NOT_FOUND" } else { "REFUSED" };
        assert_eq!(answer.data(&path), code, "{what}");
        // The payload holds nothing but what is wrong, and nothing beside it is touched.
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
    expected.applied
}

/// Runs an operation in a shop of its own, with an RPC broken.
async fn run(operation: &Operation, fault: Option<admin::Fault>) -> Answer {
    let shop = Shop::with(|config| config.server.deadline_ms = Some(DEADLINE_MS)).await;
    if let Some(fault) = fault {
        shop.fail(fault);
    }
    operation.run(&shop, &operation.full).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_fails_as_its_plan_says() {
    let shop = Shop::with(|config| config.server.deadline_ms = Some(DEADLINE_MS)).await;
    let (mut cases, mut seen, mut unseen) = (0, 0, Vec::new());
    for operation in operations() {
        // A change that was made would be another one the next time.
        let own = if operation.is_mutation() {
            Some(Shop::with(|config| config.server.deadline_ms = Some(DEADLINE_MS)).await)
        } else {
            None
        };
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

/// Runs an operation in a shop without sockets of its own, with an RPC broken.
async fn in_memory(operation: &Operation, fault: Option<admin::Fault>) -> Answer {
    let shop = Shop::in_memory(|config| config.server.deadline_ms = Some(DEADLINE_MS));
    if let Some(fault) = fault {
        shop.fail(fault);
    }
    operation.run(&shop, &operation.full).await
}

/// Without sockets and on a clock that moves only when everything waits: a service is slow because it is silent, never
/// because the machine is busy.
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
