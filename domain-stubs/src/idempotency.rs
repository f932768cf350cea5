//! Writes that are done once for each key their caller chose, however often they are asked for.

use prost::Message;
use rusqlite::{Connection, OptionalExtension as _, params};
use tonic::Code;

use crate::refusal::Refusal;

/// Does the work of a request, or finds that the same request has done it already and answers the same again. A work
/// that is refused leaves its key unused, because the transaction around it writes nothing.
pub(crate) fn once<R: Message + Default>(
    db: &Connection,
    rpc: &str,
    subject: &str,
    key: &str,
    request: &impl Message,
    now_us: i64,
    work: impl FnOnce() -> Result<R, Refusal>,
) -> Result<R, Refusal> {
    if !(8..=64).contains(&key.chars().count()) {
        let problem = "must have 8 to 64 characters";
        return Err(Refusal::invalid("IDEMPOTENCY_KEY_INVALID", "idempotency_key", problem));
    }
    let request = request.encode_to_vec();
    let earlier: Option<(Vec<u8>, Vec<u8>)> = db
        .prepare_cached(
            "SELECT request, response FROM idempotency_keys WHERE rpc = ?1 AND subject = ?2 AND key = ?3",
        )?
        .query_row([rpc, subject, key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((earlier_request, response)) = earlier {
        if earlier_request != request {
            let problem = "the idempotency key was used for another request";
            return Err(Refusal::new(Code::AlreadyExists, "IDEMPOTENCY_KEY_REUSED", problem));
        }
        return R::decode(response.as_slice()).map_err(|error| Refusal::internal(&error));
    }
    let response = work()?;
    db.prepare_cached(
        "INSERT INTO idempotency_keys (rpc, subject, key, request, response, create_time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![rpc, subject, key, request, response.encode_to_vec(), now_us])?;
    Ok(response)
}
