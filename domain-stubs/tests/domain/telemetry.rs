//! A reading of a device is counted once, and a device sees itself alone.

use jiff::{SignedDuration, Timestamp};
use proto::telemetry::{
    Device, GetDeviceRequest, Reading, ReadingStatus, ReportReadingsRequest, ReportReadingsResponse,
};
use tonic::{Code, Status};

use crate::shop::{Clients, Shop, failure, mask, now, violations};

const DEVICE: &str = "shelf-0001";

#[tokio::test]
async fn there_are_forty_devices_of_which_the_last_two_are_on_no_shelf() {
    let shop = Shop::open().await;
    let mut products = Vec::new();
    for number in 1..=40 {
        let id = format!("shelf-{number:04}");
        let device = get(&shop.device(&id), &id).await.unwrap();
        assert_eq!((device.id, device.reading_count), (id, 0));
        let interval = device.report_interval.unwrap().seconds;
        assert!((300..=3_600).contains(&interval) && device.item_weight_g > 0, "{interval} s");
        assert_eq!(device.product_id.is_empty(), number > 38);
        products.push(device.product_id);
    }
    products.truncate(38);
    assert_eq!(products[0], "kettle-gooseneck-09");
    assert!(get(&shop.device(DEVICE), DEVICE).await.unwrap().display_on);
    products.sort();
    assert!(products.is_sorted_by(|a, b| a < b), "each is on a shelf of its own: {products:?}");
    let status = get(&shop.device("shelf-0041"), "shelf-0041").await.unwrap_err();
    assert_eq!(failure(&status), (Code::NotFound, "DEVICE_NOT_FOUND".into()));
}

#[tokio::test]
async fn a_repeated_reading_is_acknowledged_again_and_counted_once() {
    use ReadingStatus::{Repeated, Stored};

    let shop = Shop::open().await;
    let clients = shop.device(DEVICE);
    let first = report(&clients, DEVICE, [1, 2, 2].map(reading).to_vec()).await.unwrap();
    assert_eq!(statuses(&first), [(1, Stored), (2, Stored), (2, Repeated)]);
    let second = report(&clients, DEVICE, [3, 1].map(reading).to_vec()).await.unwrap();
    assert_eq!(statuses(&second), [(3, Stored), (1, Repeated)]);
    let device = get(&clients, DEVICE).await.unwrap();
    assert_eq!((device.reading_count, device.report_interval), (3, second.report_interval));
}

#[tokio::test]
async fn the_same_numbers_of_another_device_are_other_readings() {
    let shop = Shop::open().await;
    for id in [DEVICE, "shelf-0002"] {
        let response = report(&shop.device(id), id, vec![reading(1)]).await.unwrap();
        assert_eq!(statuses(&response), [(1, ReadingStatus::Stored)]);
        assert_eq!(get(&shop.device(id), id).await.unwrap().reading_count, 1);
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_rejected_and_the_rest_is_stored() {
    let shop = Shop::open().await;
    let clients = shop.device(DEVICE);
    let readings = vec![
        reading(0),
        Reading { battery_percent: 200, ..reading(1) },
        Reading { weight_g: -1, ..reading(2) },
        Reading { time: None, ..reading(3) },
        Reading { time: Some(time(now() + SignedDuration::from_hours(25))), ..reading(4) },
        reading(5),
    ];
    let response = report(&clients, DEVICE, readings).await.unwrap();
    let (stored, rejected): (Vec<_>, Vec<_>) =
        statuses(&response).into_iter().partition(|(_, status)| *status == ReadingStatus::Stored);
    assert_eq!(stored, [(5, ReadingStatus::Stored)]);
    assert_eq!(rejected, [0, 1, 2, 3, 4].map(|sequence| (sequence, ReadingStatus::Refused)));
    assert_eq!(get(&clients, DEVICE).await.unwrap().reading_count, 1);
}

#[tokio::test]
async fn a_report_has_five_hundred_readings_at_most() {
    let shop = Shop::open().await;
    let clients = shop.device(DEVICE);
    let status = report(&clients, DEVICE, (1..=501).map(reading).collect()).await.unwrap_err();
    assert_eq!(failure(&status), (Code::InvalidArgument, "TOO_MANY_READINGS".into()));
    assert_eq!(violations(&status), ["readings"]);
    report(&clients, DEVICE, (1..=500).map(reading).collect()).await.unwrap();
    assert_eq!(get(&clients, DEVICE).await.unwrap().reading_count, 500);
}

#[tokio::test]
async fn another_device_does_not_exist() {
    let shop = Shop::open().await;
    let clients = shop.device("shelf-0002");
    let statuses = [
        get(&clients, DEVICE).await.unwrap_err(),
        report(&clients, DEVICE, vec![reading(1)]).await.unwrap_err(),
    ];
    for status in statuses {
        assert_eq!(failure(&status), (Code::NotFound, "DEVICE_NOT_FOUND".into()));
    }
    assert_eq!(get(&shop.device(DEVICE), DEVICE).await.unwrap().reading_count, 0);
}

#[tokio::test]
async fn nobody_and_no_user_reports_anything() {
    let shop = Shop::open().await;
    for clients in [shop.anybody(), shop.user(DEVICE)] {
        let statuses = [
            get(&clients, DEVICE).await.unwrap_err(),
            report(&clients, DEVICE, vec![reading(1)]).await.unwrap_err(),
        ];
        for status in statuses {
            assert_eq!(failure(&status), (Code::Unauthenticated, "DEVICE_REQUIRED".into()));
        }
    }
}

#[tokio::test]
async fn a_mask_leaves_the_identifier_and_what_it_names() {
    let shop = Shop::open().await;
    let clients = shop.device(DEVICE);
    report(&clients, DEVICE, vec![reading(1)]).await.unwrap();
    let request = GetDeviceRequest { device_id: DEVICE.into(), read_mask: Some(mask(&["product_id"])) };
    let masked = clients.telemetry().get_device(request).await.unwrap().into_inner().device.unwrap();
    let product_id = "kettle-gooseneck-09".into();
    assert_eq!(masked, Device { id: DEVICE.into(), product_id, ..Device::default() });
}

fn time(time: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() }
}

fn reading(sequence: i64) -> Reading {
    Reading {
        sequence,
        time: Some(time(now())),
        weight_g: 4_200,
        temperature_mc: -1_500,
        battery_percent: 80,
    }
}

async fn get(clients: &Clients, device: &str) -> Result<Device, Status> {
    let request = GetDeviceRequest { device_id: device.into(), read_mask: None };
    Ok(clients.telemetry().get_device(request).await?.into_inner().device.unwrap())
}

async fn report(
    clients: &Clients,
    device: &str,
    readings: Vec<Reading>,
) -> Result<ReportReadingsResponse, Status> {
    let request = ReportReadingsRequest { device_id: device.into(), readings };
    Ok(clients.telemetry().report_readings(request).await?.into_inner())
}

fn statuses(response: &ReportReadingsResponse) -> Vec<(i64, ReadingStatus)> {
    response.acknowledgements.iter().map(|ack| (ack.sequence, ack.status())).collect()
}
