//! Idempotent writes: done once for each key of a user, however often they are requested.

use prost::Message;
use rusqlite::{Connection, OptionalExtension as _, params};
use tonic::Code;
use tonic_types::FieldViolation;

use crate::refusal::Refusal;

/// The violation of a malformed key; `None` for a valid one.
pub(crate) fn violation(key: &str) -> Option<FieldViolation> {
    let fits = (8..=64).contains(&key.chars().count());
    (!fits).then(|| FieldViolation::new("idempotency_key", "must have 8 to 64 characters"))
}

/// A request to write, under its idempotency key.
#[derive(Debug)]
pub(crate) struct Write<'a, M> {
    /// Full name of the RPC: a key belongs to one RPC.
    pub(crate) rpc: &'static str,
    /// The acting user: a key belongs to one user.
    pub(crate) subject: &'a str,
    /// The key, 8 to 64 characters.
    pub(crate) key: &'a str,
    /// The request, which distinguishes a repetition from another request under the same key.
    pub(crate) request: &'a M,
    /// Time of the request, in microseconds since 1970.
    pub(crate) time: i64,
}

impl<M: Message> Write<'_, M> {
    /// Does the work, or returns the earlier response if an equal request has done it already. Work
    /// that fails leaves its key unused, because the transaction around it writes nothing.
    pub(crate) fn once<R: Message + Default>(
        &self,
        db: &Connection,
        work: impl FnOnce() -> Result<R, Refusal>,
    ) -> Result<R, Refusal> {
        if let Some(violation) = violation(self.key) {
            return Err(Refusal::invalid_fields("IDEMPOTENCY_KEY_INVALID", vec![violation]));
        }
        let request = self.request.encode_to_vec();
        if let Some((earlier_request, response)) = self.earlier(db)? {
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
        .execute(params![
            self.rpc,
            self.subject,
            self.key,
            request,
            response.encode_to_vec(),
            self.time
        ])?;
        Ok(response)
    }

    /// The encoded request and response of an earlier write under this key.
    fn earlier(&self, db: &Connection) -> rusqlite::Result<Option<(Vec<u8>, Vec<u8>)>> {
        db.prepare_cached(
            "SELECT request, response FROM idempotency_keys WHERE rpc = ?1 AND subject = ?2 AND key = ?3",
        )?
        .query_row([self.rpc, self.subject, self.key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
    }
}
