//! Readings and their receipt.

use async_graphql::{
    Context, Enum, ID, InputObject, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject,
    Value,
};
use bff_kit::value::{int, known};
use bff_kit::{ContextExt as _, Error, Id, Reading as _};
use downstream::telemetry::ReportReadings;
use proto::telemetry;

use super::device::{Device, seconds};

/// Upper bound on the readings of one report. Even with the longest numbers, so many fit into the
/// body limit of this client.
pub(super) const MAX_READINGS: i32 = 25;

/// Device and the readings to store.
#[derive(InputObject)]
pub(crate) struct ReportInput {
    /// Id of the device.
    device: ID,
    /// The readings, 25 at most.
    readings: Vec<ReadingInput>,
}

/// One reading.
#[derive(InputObject)]
struct ReadingInput {
    /// Sequence number of the reading, counted up from 1 and never used twice.
    seq: i32,
    /// Time of the measurement.
    at: UnixSeconds,
    /// Weight on the shelf, in grams.
    weight_g: i32,
    /// Temperature, in thousandths of a degree Celsius.
    temp_mc: i32,
    /// Charge of the battery, in percent.
    battery: i32,
}

/// Unix time in whole seconds, as a number. From 2038 on it exceeds the 32 bits of an `Int`.
struct UnixSeconds(i64);

/// Unix time in whole seconds, as a number. From 2038 on it exceeds the 32 bits of an `Int`.
#[Scalar]
impl ScalarType for UnixSeconds {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_i64().map(Self),
            _ => None,
        }
        .ok_or_else(|| InputValueError::expected_type(value))
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::Number(number) if number.is_i64())
    }

    fn to_value(&self) -> Value {
        self.0.into()
    }
}

/// Outcome of a report.
#[derive(SimpleObject)]
pub(crate) struct ReportReceipt {
    /// Acknowledgements, matched by `seq`.
    acks: Vec<Ack>,
    /// Time to wait until the next report, in seconds. Null when unknown.
    next_s: Option<i32>,
}

/// Acknowledgement of a reading.
#[derive(SimpleObject)]
struct Ack {
    /// Sequence number of the reading.
    seq: i32,
    /// Outcome of the reading.
    status: AckStatus,
}

/// Outcome of a reading.
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
enum AckStatus {
    /// The reading is stored.
    Stored,
    /// The reading had been stored before.
    Repeated,
    /// The reading is invalid and will never be stored: do not send it again.
    Refused,
}

pub(super) async fn run(ctx: &Context<'_>, input: ReportInput) -> Result<ReportReceipt, Error> {
    if input.readings.len() > MAX_READINGS.unsigned_abs() as usize {
        let problem = format!("holds more than {MAX_READINGS}");
        return Err(Error::bad_input("input.readings", problem));
    }
    let device_id = Id::<Device>::parse(&input.device, "input.device")?.raw();
    let readings = input.readings.into_iter().map(telemetry::Reading::from).collect();
    let response = ctx.send(ReportReadings { device_id, readings }).await?;
    let acks = response.acknowledgements.iter().filter_map(Ack::of).collect();
    Ok(ReportReceipt { acks, next_s: ctx.known(seconds(response.report_interval.as_ref())) })
}

impl From<ReadingInput> for telemetry::Reading {
    fn from(reading: ReadingInput) -> Self {
        Self {
            sequence: reading.seq.into(),
            time: Some(prost_types::Timestamp { seconds: reading.at.0, nanos: 0 }),
            weight_g: reading.weight_g,
            temperature_mc: reading.temp_mc,
            battery_percent: reading.battery,
        }
    }
}

impl Ack {
    /// Returns the acknowledgement; `None` for a status this BFF does not know, or a number an
    /// `Int` cannot hold, so that the device sends the reading again.
    fn of(ack: &telemetry::ReadingAcknowledgement) -> Option<Self> {
        let status = match known(ack.status)? {
            telemetry::ReadingStatus::Stored => AckStatus::Stored,
            telemetry::ReadingStatus::Repeated => AckStatus::Repeated,
            telemetry::ReadingStatus::Refused => AckStatus::Refused,
            telemetry::ReadingStatus::Unspecified => return None,
        };
        Some(Self { seq: int(ack.sequence)?, status })
    }
}
