//! Writes that are done once for each key their caller chose, however often they are asked for.

use prost::Message;
use rusqlite::{Connection, OptionalExtension as _, params};
use tonic::Code;
use tonic_types::FieldViolation;

use crate::refusal::Refusal;

/// What is wrong with a key.
pub(crate) fn violation(key: &str) -> Option<FieldViolation> {
    let fits = (8..=64).contains(&key.chars().count());
    (!fits).then(|| FieldViolation::new("idempotency_key", "must have 8 to 64 characters"))
}

/// A request to write, under the key its caller chose for it.
#[derive(Debug)]
pub(crate) struct Write<'a, M> {
    /// Full name of the RPC: the same key of another RPC is another key.
    pub(crate) rpc: &'static str,
    /// Who asks: the same key of somebody else is another key.
    pub(crate) subject: &'a str,
    /// The key, 8 to 64 characters.
    pub(crate) key: &'a str,
    /// What is asked, by which a repetition is told from another request.
    pub(crate) request: &'a M,
    /// When it is asked, in microseconds since 1970.
    pub(crate) time: i64,
}

impl<M: Message> Write<'_, M> {
    /// Does the work, or finds that the same request has done it already and answers the same again. A work that is
    /// refused leaves its key unused, because the transaction around it writes nothing.
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
