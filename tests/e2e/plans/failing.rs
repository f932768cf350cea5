//! Every operation × RPC × failure: the answer lacks the fields that the plan says, and all others are intact.

use bff_kit::host::config::Config;
use bff_test::compare;
use operation::{Failure, FailureMode};
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

/// Compares an answer with the failure table; returns the number of consequences that could be seen.
fn check(
    operation: &Operation,
    failure: &Failure,
    broken: Break,
    healthy: &Answer,
    answer: &Answer,
) -> usize {
    let seen = compare(failure, broken.means(), healthy, answer, timeless);
    let seen = seen.unwrap_or_else(|problem| {
        let (kind, name) = (operation.kind, &operation.name);
        panic!("{kind} {name}, {} {broken:?}: {problem}: {}", failure.rpc, answer.text)
    });
    let told = answer.body["data"].as_object().into_iter().flatten();
    for code in told.filter_map(|(_, payload)| payload.pointer("/userErrors/0/code")) {
        let of_mode = if broken.means() == FailureMode::NotFound { "NOT_FOUND" } else { "REFUSED" };
        assert_eq!(code, of_mode, "{} {} {broken:?}: {}", operation.name, failure.rpc, answer.text);
    }
    seen
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
