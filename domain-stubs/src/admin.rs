//! The admin service: faults and the call log over the network.

use proto::admin::{
    ClearCallsRequest, ClearCallsResponse, ClearFaultsRequest, ClearFaultsResponse, ListCallsRequest,
    ListCallsResponse, ListFaultsRequest, ListFaultsResponse, SetFaultRequest, SetFaultResponse,
    admin_service_server::AdminService,
};
use tonic::{Request, Response, Status};

use crate::{calls::Calls, faults::Faults};

/// Faults and calls of one domain.
#[derive(Debug, Clone)]
pub(crate) struct Admin {
    pub(crate) faults: Faults,
    pub(crate) calls: Calls,
}

#[tonic::async_trait]
impl AdminService for Admin {
    async fn set_fault(
        &self,
        request: Request<SetFaultRequest>,
    ) -> Result<Response<SetFaultResponse>, Status> {
        // Without a fault there is no RPC in it either, which is refused.
        self.faults.set(request.into_inner().fault.unwrap_or_default())?;
        Ok(Response::new(SetFaultResponse {}))
    }

    async fn clear_faults(
        &self,
        _: Request<ClearFaultsRequest>,
    ) -> Result<Response<ClearFaultsResponse>, Status> {
        self.faults.clear();
        Ok(Response::new(ClearFaultsResponse {}))
    }

    async fn list_faults(
        &self,
        _: Request<ListFaultsRequest>,
    ) -> Result<Response<ListFaultsResponse>, Status> {
        Ok(Response::new(ListFaultsResponse { faults: self.faults.list() }))
    }

    async fn list_calls(&self, _: Request<ListCallsRequest>) -> Result<Response<ListCallsResponse>, Status> {
        Ok(Response::new(ListCallsResponse { calls: self.calls.list() }))
    }

    async fn clear_calls(
        &self,
        _: Request<ClearCallsRequest>,
    ) -> Result<Response<ClearCallsResponse>, Status> {
        self.calls.clear();
        Ok(Response::new(ClearCallsResponse {}))
    }
}
