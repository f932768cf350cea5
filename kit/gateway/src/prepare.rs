//! The first stage: from the request to an operation that is ready to run, with its variables.

use std::sync::Arc;

use async_graphql::{ServerError, Variables};
use operation::{BadVariable, Code, Prepared, request_error};
use resolver::Error;
use resolver::runtime::server_error;

use crate::parts::GatewayParts;
use crate::request::GraphqlRequest;

/// Message of the request error for a mutation that came by GET.
pub const GET_MUTATION: &str = "Only queries may be sent by GET.";

/// Selects the operation of a request, and coerces its variables to the types that the operation declares. Fails with
/// request errors.
pub(crate) fn prepare(
    parts: &GatewayParts,
    request: &mut GraphqlRequest,
    may_change: bool,
) -> Result<(Arc<Prepared>, Variables), Vec<ServerError>> {
    let name = request.operation_name.as_deref();
    let operation = parts.documents.select(request.id.as_ref(), request.query.as_deref(), name)?;
    if !may_change && !operation.is_query() {
        return Err(vec![request_error(Code::BadRequest, GET_MUTATION)]);
    }
    let preparer = &parts.preparer;
    let variables = operation.coerce(&preparer.schema_index, std::mem::take(&mut request.variables));
    let error = |bad: &BadVariable| {
        let error = Error::client(Code::BadUserInput, bad.to_string());
        server_error(error.about(&bad.path, &bad.problem))
    };
    let variables = variables.map_err(|bad| bad.iter().map(error).collect::<Vec<_>>())?;
    preparer.admit(&operation, &variables)?;
    Ok((operation, variables))
}
