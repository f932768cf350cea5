//! Readings that devices report are counted once, whatever is lost on the way.

mod process;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use proto::admin::Fault;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::support::{Answer, Shop, device_id};

/// Upper bound on the readings of one report.
const MOST: i64 = 25;

fn reading(seq: i64) -> Value {
    json!({ "seq": seq, "at": 1_780_315_000, "weightG": 900 + seq % 100, "tempMc": 21_000, "battery": 80 })
}

/// A report of a device.
fn report(device: &str, readings: &[Value]) -> Value {
    json!({
        "query": "mutation($input: ReportInput!) { report(input: $input) { acks { seq status } nextS } }",
        "variables": { "input": { "device": device_id(device), "readings": readings } },
    })
}

async fn send(shop: &Shop, device: &str, readings: &[Value]) -> Answer {
    shop.post(shop.iot, report(device, readings), &[("x-device-id", device)]).await
}

/// Number of stored readings of a device.
async fn stored(shop: &Shop, device: &str) -> i64 {
    let query = format!("{{ device(id: \"{}\") {{ readings }} }}", device_id(device));
    let answer = shop.post(shop.iot, json!({ "query": query }), &[("x-device-id", device)]).await.whole();
    answer.data("/device/readings").as_i64().unwrap()
}

#[tokio::test]
async fn a_device_reports_for_itself() {
    let shop = Shop::open().await;
    for status in ["STORED", "REPEATED"] {
        let answer = send(&shop, "shelf-0002", &[reading(1)]).await.whole();
        assert_eq!(answer.data("/report/acks"), &json!([{ "seq": 1, "status": status }]));
    }
}

#[tokio::test]
async fn a_report_is_counted_once_whatever_becomes_of_it() {
    const RPC: &str = "shop.telemetry.v1.TelemetryService/ReportReadings";
    let device = "shelf-0003";
    let readings: Vec<_> = (1..=3).map(reading).collect();
    let unavailable = || Fault { rpc: RPC.to_owned(), error_code: 14, ..Fault::default() };
    let silent = || Fault { rpc: RPC.to_owned(), black_hole: true, ..Fault::default() };
    let faults = [
        (unavailable(), "UPSTREAM_UNAVAILABLE", 0),
        (silent(), "UPSTREAM_TIMEOUT", 0),
        (Fault { after_work: true, ..unavailable() }, "UPSTREAM_UNAVAILABLE", 3),
        (Fault { after_work: true, ..silent() }, "UPSTREAM_TIMEOUT", 3),
    ];
    for (fault, code, counted) in faults {
        let shop = Shop::open().await;
        let before = stored(&shop, device).await;
        shop.fail(fault);
        let answer = send(&shop, device, &readings).await;
        assert_eq!(answer.errors(), [format!("report: {code}")]);
        shop.domain.faults().clear();
        assert_eq!(stored(&shop, device).await - before, counted);
        // The report is sent again, and at the same time on another connection.
        let (one, other) = tokio::join!(send(&shop, device, &readings), send(&shop, device, &readings));
        let stored_by = |answer: Answer| answer.whole().text.matches("STORED").count();
        assert_eq!(i64::try_from(stored_by(one) + stored_by(other)).unwrap(), 3 - counted);
        assert_eq!(stored(&shop, device).await - before, 3);
    }
}

#[tokio::test]
async fn a_time_that_is_none_is_an_error_of_the_request() {
    let shop = Shop::open().await;
    for (at, shown) in [(json!("2026-06-01"), "\"2026-06-01\""), (json!(1.5), "1.5"), (json!([1]), "a list")]
    {
        let mut bad = reading(1);
        bad["at"] = at.clone();
        let answer = send(&shop, "shelf-0002", &[reading(2), bad]).await;
        answer.rejected(400);
        let expected =
            format!("Variable \"$input.readings.1.at\" expected a value of type UnixSeconds, not {shown}.");
        assert_eq!(answer.body["errors"][0]["message"], expected);
        let query = format!(
            "mutation {{ report(input: {{ device: \"{}\", readings: [{{ seq: 1, at: {at}, weightG: 1, tempMc: 1, \
             battery: 1 }}] }}) {{ nextS }} }}",
            device_id("shelf-0002")
        );
        shop.post(shop.iot, json!({ "query": query }), &[("x-device-id", "shelf-0002")]).await.rejected(400);
    }
    assert_eq!(shop.calls(), "");
}

#[tokio::test]
async fn the_largest_report_fits_however_it_is_written() {
    let shop = Shop::open().await;
    // These values are the longest that are valid.
    let reading = |seq: i64| {
        json!({ "seq": i64::from(i32::MAX) - seq, "at": 1_780_315_000, "weightG": 1_000_000_i64,
            "tempMc": -100_000, "battery": 100 })
    };
    let readings = |count: i64| (0..count).map(reading).collect::<Vec<_>>();
    let spaced = |value: &Value| value.to_string().replace(':', ": ").replace(',', ", ");
    let largest = report("shelf-0002", &readings(MOST));
    let body =
        format!("{{ \"query\": {}, \"variables\": {} }}", largest["query"], spaced(&largest["variables"]));
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), largest);
    let request = Request::post(format!("http://{}/graphql", shop.iot))
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-device-id", "shelf-0002")
        .body(Full::<Bytes>::from(body))
        .unwrap();
    let answer = shop.send(request).await.whole();
    assert_eq!(answer.text.matches("STORED").count(), 25, "{}", answer.text);
    assert!(answer.text.len() <= 1_024, "{} bytes", answer.text.len());
    let more = send(&shop, "shelf-0002", &readings(MOST + 1)).await;
    assert_eq!(more.body["errors"][0]["extensions"]["violations"][0]["field"], "input.readings");
}

/// Readings of each device.
const READINGS: i64 = 2_500;

const DEVICES: [&str; 4] = ["shelf-0001", "shelf-0002", "shelf-0003", "shelf-0004"];

/// New readings in each report; the others were in the previous one.
const NEW: i64 = 20;

/// A device and its knowledge of its readings.
struct Device<'a> {
    shop: &'a Shop,
    id: &'static str,
    acknowledged: BTreeSet<i64>,
    /// Number of times the device was told that each reading is stored.
    stored: BTreeMap<i64, usize>,
}

impl Device<'_> {
    /// Reports readings; returns false if the device does not learn their outcome.
    async fn report(&mut self, sequences: impl Iterator<Item = i64>) -> bool {
        let readings: Vec<_> = sequences.map(reading).collect();
        let answer = send(self.shop, self.id, &readings).await;
        let Some(acks) = answer.body.pointer("/data/report/acks").and_then(Value::as_array) else {
            return false;
        };
        for ack in acks {
            let seq = ack["seq"].as_i64().unwrap();
            self.acknowledged.insert(seq);
            match ack["status"].as_str().unwrap() {
                "STORED" => *self.stored.entry(seq).or_default() += 1,
                status => assert_eq!(status, "REPEATED"),
            }
        }
        true
    }

    async fn report_until_it_fails(&mut self, acknowledged: mpsc::UnboundedSender<()>) {
        for first in (1..=READINGS).step_by(usize::try_from(NEW).unwrap()) {
            let sequences = (first - (MOST - NEW)).max(1)..(first + NEW).min(READINGS + 1);
            if !self.report(sequences).await {
                return;
            }
            // The receiver is gone once the process is killed.
            acknowledged.send(()).ok();
        }
    }

    /// Reports every reading that was not acknowledged, and every third that was.
    async fn report_the_rest(&mut self) {
        let known = self.acknowledged.clone();
        let rest: Vec<_> = (1..=READINGS).filter(|seq| !known.contains(seq) || seq % 3 == 0).collect();
        for sequences in rest.chunks(usize::try_from(MOST).unwrap()) {
            assert!(self.report(sequences.iter().copied()).await);
        }
    }
}

#[tokio::test]
async fn ten_thousand_readings_are_counted_once_each_though_the_service_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let process = process::start(&file, "127.0.0.1:0".parse().unwrap());
    let address = process.address;
    let shop = Shop::with(|config| config.upstream.default = format!("http://{address}")).await;
    let mut before = Vec::new();
    for device in DEVICES {
        before.push(stored(&shop, device).await);
    }
    let mut devices =
        DEVICES.map(|id| Device { shop: &shop, id, acknowledged: BTreeSet::new(), stored: BTreeMap::new() });
    let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
    let reporting = devices.iter_mut().map(|device| device.report_until_it_fails(acknowledge.clone()));
    let killing = async {
        // Half of all reports are through, while all devices still send.
        for _ in 0..250 {
            acknowledged.recv().await.unwrap();
        }
        process.kill();
    };
    tokio::join!(futures_util::future::join_all(reporting), killing);
    let known: usize = devices.iter().map(|device| device.acknowledged.len()).sum();
    assert!((1..10_000).contains(&known), "{known} were acknowledged");

    let _process = process::start(&file, address);
    for (device, before) in devices.iter_mut().zip(before) {
        let counted = stored(&shop, device.id).await - before;
        let least = i64::try_from(device.acknowledged.len()).unwrap();
        assert!((least..=READINGS).contains(&counted), "{counted} are counted, {least} acknowledged");
        device.report_the_rest().await;
        assert_eq!(stored(&shop, device.id).await - before, READINGS, "{}", device.id);
        assert!(device.stored.values().all(|&times| times == 1), "{}", device.id);
    }
}
