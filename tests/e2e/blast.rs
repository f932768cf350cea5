//! Each failing call affects its own fields of each screen and no others.

use std::collections::BTreeSet;
use std::time::Duration;

use async_graphql_parser::types::{ExecutableDocument, Selection, SelectionSet};
use operation::schema::{FieldInfo, SchemaIndex};
use proto::admin::{Fault, KeyFault, KeyFaultKind};
use serde_json::{Map, Value};

use crate::support::{Answer, Kind, Screen, Shop, screens};

/// Upper bound on the time of any request of a test.
const PATIENCE: Duration = Duration::from_secs(20);

/// The expected answer when an RPC fails, derived from the healthy answer and the schema.
struct Expected<'a> {
    schema_index: &'a SchemaIndex,
    document: &'a ExecutableDocument,
    rpc: &'a str,
    /// Paths, without list indices, of fields that take their fallback.
    degraded: BTreeSet<String>,
    /// Paths of fields that fail.
    failed: BTreeSet<String>,
}

impl Expected<'_> {
    fn object(&mut self, type_name: &str, set: &SelectionSet, healthy: &Value, path: &str) -> Value {
        let mut object = Map::new();
        // The answer names the type of an object behind an interface.
        let type_name = healthy["__typename"].as_str().unwrap_or(type_name);
        for selection in &set.items {
            let field = match &selection.node {
                Selection::Field(field) => &field.node,
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().unwrap();
                    if on.node.on.node == type_name {
                        let fields = self.object(type_name, &fragment.node.selection_set.node, healthy, path);
                        object.extend(fields.as_object().unwrap().clone());
                    }
                    continue;
                }
                Selection::FragmentSpread(_) => panic!("screens have no named fragments"),
            };
            if field.name.node == "__typename" {
                object.insert("__typename".to_owned(), healthy["__typename"].clone());
                continue;
            }
            let info = self.schema_index.field(type_name, &field.name.node).unwrap();
            let path = if path.is_empty() {
                field.name.node.to_string()
            } else {
                format!("{path}.{}", field.name.node)
            };
            let value =
                self.value(info, &field.selection_set.node, &healthy[field.name.node.as_str()], &path);
            object.insert(field.name.node.to_string(), value);
        }
        Value::Object(object)
    }

    fn value(&mut self, info: &FieldInfo, set: &SelectionSet, healthy: &Value, path: &str) -> Value {
        if let (Value::Array(items), true) = (healthy, info.steps.iter().any(|step| step.on.is_some())) {
            let mut item = |(index, item): (usize, &Value)| {
                let value = self.value(info, set, item, path);
                // Each item has its own call, and its own error.
                if self.failed.remove(path) {
                    self.failed.insert(format!("{path}.{index}"));
                }
                value
            };
            return items.iter().enumerate().map(&mut item).collect();
        }
        let concerned = |on: &Option<String>| on.as_deref().is_none_or(|on| healthy["__typename"] == on);
        if info.steps.iter().any(|step| step.rpc == self.rpc && concerned(&step.on)) {
            let Some(fallback) = &info.fallback else {
                self.failed.insert(path.to_owned());
                return Value::Null;
            };
            self.degraded.insert(path.to_owned());
            return serde_json::from_str(fallback).unwrap();
        }
        match healthy {
            Value::Array(items) => items.iter().map(|item| self.value(info, set, item, path)).collect(),
            Value::Object(_) => self.object(&info.type_name, set, healthy, path),
            scalar => scalar.clone(),
        }
    }
}

/// The expected answer when all calls of an RPC fail: its data, the paths that take their fallback, and the paths that
/// fail.
fn failing(screen: &Screen, rpc: &str, healthy: &Answer) -> (Value, BTreeSet<String>, BTreeSet<String>) {
    let schema_index = screen.kind.schema_index();
    let document = async_graphql_parser::parse_query(&screen.query).unwrap();
    let mut expected = Expected {
        schema_index: &schema_index,
        document: &document,
        rpc,
        degraded: BTreeSet::new(),
        failed: BTreeSet::new(),
    };
    let operation = expected.document.operations.iter().next().unwrap().1;
    let set = &operation.node.selection_set.node;
    let data = expected.object(schema_index.query(), set, &healthy.body["data"], "");
    (data, expected.degraded, expected.failed)
}

/// Paths of lines that have the form `path: CODE`.
fn paths(lines: &[String]) -> BTreeSet<String> {
    lines.iter().map(|line| line.split(':').next().unwrap().to_owned()).collect()
}

fn check(screen: &Screen, rpc: &str, healthy: &Answer, answer: &Answer, what: &str) {
    let (data, degraded, failed) = failing(screen, rpc, healthy);
    let shown = format!("{} {} with {rpc} {what}: {}", screen.kind, screen.name, answer.text);
    assert_eq!(answer.body["data"], data, "{shown}");
    assert_eq!(paths(&answer.degraded()), degraded, "{shown}");
    assert_eq!(paths(&answer.errors()), failed, "{shown}");
    // A degraded field names the service that is to blame, and nothing else of it is told.
    let (service, _) = rpc.rsplit('.').next().unwrap().split_once('/').unwrap();
    let told = answer.text.replace(&format!("\"service\":\"{service}\""), "");
    for word in [".v1.", "Service", "on purpose"] {
        assert!(!told.contains(word), "{word} is said: {shown}");
    }
}

/// The RPCs that a screen has called.
fn rpcs(shop: &Shop) -> BTreeSet<String> {
    let calls = shop.domain.calls().list();
    shop.domain.calls().clear();
    calls.into_iter().map(|call| call.rpc).collect()
}

#[tokio::test]
async fn a_failing_call_takes_its_own_fields_and_no_others() {
    // Otherwise the breaker of an RPC would answer for it after twenty faults.
    let shop = Shop::with(|config| config.upstream.breaker_min_calls = 0).await;
    let mut cases = 0;
    for screen in screens() {
        let healthy = shop.query(screen.kind, &screen.query).await.whole();
        for rpc in rpcs(&shop) {
            for error_code in (1..=16).filter(|code| *code != 5) {
                shop.fail(Fault { rpc: rpc.clone(), error_code, ..Fault::default() });
                let answer = shop.query(screen.kind, &screen.query).await;
                shop.domain.faults().clear();
                check(&screen, &rpc, &healthy, &answer, &format!("failing with {error_code}"));
                cases += 1;
            }
        }
        shop.domain.calls().clear();
    }
    assert!(cases > 600, "{cases}");
}

#[tokio::test]
async fn a_slow_call_takes_its_own_fields_and_no_others() {
    // A short deadline, so that the test need not wait for the timeouts of the policy tables.
    let shop = Shop::with(|config| config.server.deadline_ms = Some(700)).await;
    let mut runs = Vec::new();
    for screen in screens() {
        let healthy = shop.query(screen.kind, &screen.query).await.whole();
        let rpcs = rpcs(&shop);
        runs.push((screen, healthy, rpcs));
    }
    let all: BTreeSet<_> = runs.iter().flat_map(|(_, _, rpcs)| rpcs.clone()).collect();
    for rpc in all {
        shop.fail(Fault { rpc: rpc.clone(), black_hole: true, ..Fault::default() });
        let screens = runs.iter().filter(|(_, _, rpcs)| rpcs.contains(&rpc));
        let answers = screens.map(async |(screen, healthy, _)| {
            let answer =
                tokio::time::timeout(PATIENCE, shop.query(screen.kind, &screen.query)).await.unwrap();
            check(screen, &rpc, healthy, &answer, "silent");
        });
        futures_util::future::join_all(answers).await;
        shop.domain.faults().clear();
    }
}

#[tokio::test]
async fn keys_that_are_left_out_or_doubled_fail_and_keys_too_many_do_not() {
    let shop = Shop::open().await;
    for screen in screens() {
        let healthy = shop.query(screen.kind, &screen.query).await.whole();
        let batches = rpcs(&shop).into_iter().filter(|rpc| rpc.contains("/Batch"));
        for rpc in batches {
            for (kind, fails) in
                [(KeyFaultKind::Omit, true), (KeyFaultKind::Duplicate, true), (KeyFaultKind::Extra, false)]
            {
                let fault = KeyFault { keys: Vec::new(), kind: kind.into(), error_code: 0 };
                shop.fail(Fault { rpc: rpc.clone(), key_faults: vec![fault], ..Fault::default() });
                let answer = shop.query(screen.kind, &screen.query).await;
                shop.domain.faults().clear();
                if fails {
                    check(&screen, &rpc, &healthy, &answer, &format!("answering with {kind:?}"));
                } else {
                    assert_eq!(answer.body, healthy.body, "{} {}", screen.kind, screen.name);
                }
            }
        }
        shop.domain.calls().clear();
    }
}

/// Asserts that an answer equals, wherever these two differ, either the healthy answer or the one with all keys
/// failing. Counts both.
fn mix(healthy: &Value, failing: &Value, actual: &Value, count: &mut [u64; 2]) -> Result<(), String> {
    if healthy == failing {
        return if actual == healthy { Ok(()) } else { Err(format!("{actual} in place of {healthy}")) };
    }
    match (healthy, failing, actual) {
        (Value::Object(healthy), Value::Object(failing), Value::Object(actual)) => {
            healthy.iter().try_for_each(|(key, healthy)| mix(healthy, &failing[key], &actual[key], count))
        }
        // The RPC also feeds the enclosing object, by another key.
        (Value::Object(healthy), Value::Null, Value::Object(actual)) => {
            healthy.iter().try_for_each(|(key, healthy)| mix(healthy, failing, &actual[key], count))
        }
        (Value::Array(healthy), Value::Array(failing), Value::Array(actual))
            if healthy.len() == failing.len() && healthy.len() == actual.len() =>
        {
            let mut items = healthy.iter().zip(failing).zip(actual);
            items.try_for_each(|((healthy, failing), actual)| mix(healthy, failing, actual, count))
        }
        // The list lacks the items that failed.
        (Value::Array(healthy), _, Value::Array(actual)) if !actual.is_empty() => {
            let mut left = healthy.iter();
            if !actual.iter().all(|item| left.any(|healthy| healthy == item)) {
                return Err("a list of something else".to_owned());
            }
            count[0] += actual.len() as u64;
            count[1] += (healthy.len() - actual.len()) as u64;
            Ok(())
        }
        _ if actual == healthy => {
            count[0] += 1;
            Ok(())
        }
        _ if actual == failing => {
            count[1] += 1;
            Ok(())
        }
        _ => Err(format!("{actual}, neither {healthy} nor {failing}")),
    }
}

#[tokio::test]
async fn a_key_that_fails_takes_the_fields_that_need_it_and_no_others() {
    let shop = Shop::open().await;
    let mut cases = 0;
    for screen in screens() {
        let healthy = shop.query(screen.kind, &screen.query).await.whole();
        let calls = shop.domain.calls().list();
        let batches: BTreeSet<_> =
            calls.iter().map(|it| &it.rpc).filter(|it| it.contains("/Batch")).collect();
        for rpc in batches {
            let keys = calls.iter().filter(|call| call.rpc == *rpc).flat_map(|call| &call.keys);
            let keys: BTreeSet<_> = keys.collect();
            let key = (*keys.first().unwrap()).clone();
            let (failing, degraded, failed) = failing(&screen, rpc, &healthy);
            // A key that is not found is a value, not an error.
            let errors = (1..=16).filter(|code| *code != 5).map(|code| (KeyFaultKind::Error, code));
            for (kind, error_code) in errors.chain([(KeyFaultKind::Omit, 0), (KeyFaultKind::Duplicate, 0)]) {
                let fault = KeyFault { keys: vec![key.clone()], kind: kind.into(), error_code };
                shop.fail(Fault { rpc: rpc.clone(), key_faults: vec![fault], ..Fault::default() });
                let answer = shop.query(screen.kind, &screen.query).await;
                shop.domain.faults().clear();
                let shown =
                    format!("{} {}, {rpc} with {key} {kind:?}: {}", screen.kind, screen.name, answer.text);
                let mut count = [0, 0];
                mix(&healthy.body["data"], &failing, &answer.body["data"], &mut count)
                    .unwrap_or_else(|problem| panic!("{problem}: {shown}"));
                let [kept, lost] = count;
                assert_eq!(kept > 0, keys.len() > 1, "{shown}");
                assert!(lost > 0, "{shown}");
                let told = paths(&answer.degraded()).into_iter().chain(paths(&answer.errors()));
                let known = |path: &str| degraded.contains(path) || failed.contains(path);
                let above = |path: &str| path.match_indices('.').any(|(end, _)| known(&path[..end]));
                for path in told {
                    assert!(known(&path) || above(&path), "{path}: {shown}");
                }
                let degraded = answer.body.pointer("/extensions/degraded").and_then(Value::as_array);
                let counts = degraded.into_iter().flatten().map(|entry| entry["count"].as_u64().unwrap());
                assert_eq!(counts.sum::<u64>() + answer.errors().len() as u64, lost, "{shown}");
                cases += 1;
            }
        }
        shop.domain.calls().clear();
    }
    assert!(cases > 600, "{cases}");
}

#[tokio::test]
async fn an_object_that_is_not_found_is_null_without_an_error() {
    let shop = Shop::open().await;
    shop.fail(Fault {
        rpc: "shop.catalog.v1.CatalogService/BatchGetProducts".to_owned(),
        error_code: 5,
        ..Fault::default()
    });
    for screen in screens().into_iter().filter(|screen| screen.kind != Kind::Iot) {
        let answer = shop.query(screen.kind, &screen.query).await;
        assert_eq!(answer.errors(), Vec::<String>::new(), "{}", answer.text);
        assert_eq!(answer.degraded(), Vec::<String>::new(), "{}", answer.text);
        if screen.name == "product" {
            assert_eq!(answer.data("/product"), &serde_json::Value::Null, "{}", answer.text);
        }
    }
}
