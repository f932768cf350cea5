//! Four devices report ten thousand readings, many of them twice, while the process is killed; then they repeat all
//! that were not acknowledged, and some that were.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use domain_stubs::credential::Actor;
use proto::telemetry::{GetDeviceRequest, Reading, ReadingStatus, ReportReadingsRequest};
use tokio::sync::mpsc;

use crate::{
    program::Program,
    shop::{Clients, Ledger, connect},
};

const DEVICES: [&str; 4] = ["shelf-0001", "shelf-0002", "shelf-0003", "shelf-0004"];

/// Readings of each device.
const READINGS: i64 = 2_500;

/// Readings that are new in each request.
const CHUNK: i64 = 50;

/// Requests that are acknowledged, of all devices together, before the process is killed: half of all.
const ENOUGH: usize = 100;

/// A device, and its record of acknowledged readings.
struct Device {
    id: &'static str,
    clients: Clients,
    time: prost_types::Timestamp,
    /// Readings that were acknowledged.
    acknowledged: BTreeSet<i64>,
    /// Number of responses that called a reading newly stored, by reading.
    stored: BTreeMap<i64, usize>,
}

#[tokio::test]
async fn every_reading_is_counted_once_and_none_that_was_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let program = Program::start(&file);
    let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
    let mut reporting = Vec::new();
    for id in DEVICES {
        let clients = Clients::of_now(&connect(program.address).await, Actor::Device, id);
        reporting.push(tokio::spawn(Device::new(id, clients).report_until_it_fails(acknowledge.clone())));
    }
    for _ in 0..ENOUGH {
        acknowledged.recv().await.unwrap();
    }
    // All devices are reporting now.
    program.kill();
    let mut devices = Vec::new();
    for device in reporting {
        devices.push(device.await.unwrap());
    }
    let all = DEVICES.len() * usize::try_from(READINGS).unwrap();
    let known: usize = devices.iter().map(|device| device.acknowledged.len()).sum();
    assert!((1..all).contains(&known), "{known} of {all} were acknowledged");

    let program = Program::start(&file);
    for device in &mut devices {
        device.clients = Clients::of_now(&connect(program.address).await, Actor::Device, device.id);
        let counted = device.count().await;
        let least = i64::try_from(device.acknowledged.len()).unwrap();
        assert!((least..=READINGS).contains(&counted), "{counted} are counted, {least} acknowledged");
        device.repeat().await;
        assert_eq!(device.count().await, READINGS);
        assert!(device.stored.values().all(|&times| times == 1), "{:?}", device.stored);
    }
    program.kill();
    let ledger = Ledger::open(&file);
    let expected: Vec<_> = (1..=READINGS).map(|sequence| (sequence, weight(sequence).into())).collect();
    for device in DEVICES {
        assert_eq!(ledger.readings(device), expected, "{device}");
    }
}

impl Device {
    fn new(id: &'static str, clients: Clients) -> Self {
        let time = SystemTime::now().into();
        Self { id, clients, time, acknowledged: BTreeSet::new(), stored: BTreeMap::new() }
    }

    /// Reports chunk by chunk: some readings twice in the same request, and some of the request before again.
    async fn report_until_it_fails(mut self, acknowledge: mpsc::UnboundedSender<()>) -> Self {
        for first in (1..=READINGS).step_by(usize::try_from(CHUNK).unwrap()) {
            let again = (first - CHUNK / 2).max(1)..first;
            let sequences = again.chain(first..first + CHUNK).chain(first..first + CHUNK / 5);
            if self.report(sequences.collect()).await.is_err() {
                break;
            }
            // The receiver may be gone while the process is being killed.
            acknowledge.send(()).ok();
        }
        self
    }

    /// Reports everything that was not acknowledged, and every third reading that was.
    async fn repeat(&mut self) {
        let known = self.acknowledged.clone();
        let repeated = (1..=READINGS).filter(|sequence| !known.contains(sequence) || sequence % 3 == 0);
        let repeated: Vec<_> = repeated.collect();
        assert!(repeated.iter().any(|sequence| known.contains(sequence)));
        for sequences in repeated.chunks(500) {
            let stored = self.report(sequences.to_vec()).await.unwrap();
            assert!(known.is_disjoint(&stored), "what was acknowledged was lost");
        }
        assert_eq!(self.acknowledged.len(), usize::try_from(READINGS).unwrap());
    }

    /// Reports readings; returns those that are stored now and were not before.
    async fn report(&mut self, sequences: Vec<i64>) -> Result<BTreeSet<i64>, tonic::Status> {
        let readings = sequences.iter().map(|&sequence| Reading {
            sequence,
            time: Some(self.time),
            weight_g: weight(sequence),
            temperature_mc: 21_000,
            battery_percent: 80,
        });
        let request = ReportReadingsRequest { device_id: self.id.into(), readings: readings.collect() };
        let response = self.clients.telemetry().report_readings(request).await?.into_inner();
        let returned: Vec<_> = response.acknowledgements.iter().map(|it| it.sequence).collect();
        assert_eq!(returned, sequences, "each reading is acknowledged");
        let mut stored = BTreeSet::new();
        for acknowledgement in response.acknowledgements {
            let sequence = acknowledgement.sequence;
            if acknowledgement.status() == ReadingStatus::Stored {
                assert!(!self.acknowledged.contains(&sequence), "{sequence} is stored already");
                *self.stored.entry(sequence).or_default() += 1;
                stored.insert(sequence);
            } else {
                assert_eq!(acknowledgement.status(), ReadingStatus::Repeated);
            }
            self.acknowledged.insert(sequence);
        }
        Ok(stored)
    }

    async fn count(&self) -> i64 {
        let request = GetDeviceRequest { device_id: self.id.into(), read_mask: None };
        let response = self.clients.telemetry().get_device(request).await.unwrap().into_inner();
        response.device.unwrap().reading_count
    }
}

/// The weight of a reading, which follows from its number.
fn weight(sequence: i64) -> i32 {
    i32::try_from(sequence * 7 % 5_000).unwrap()
}
