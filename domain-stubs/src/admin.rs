//! The admin service: faults, the call log, and events of the shop that no customer causes, such as a delivery.

use proto::admin::{
    AdvanceOrderRequest, AdvanceOrderResponse, CancelOrderRequest, CancelOrderResponse, ClearCallsRequest,
    ClearCallsResponse, ClearFaultsRequest, ClearFaultsResponse, ListCallsRequest, ListCallsResponse,
    ListFaultsRequest, ListFaultsResponse, NotifyRequest, NotifyResponse, SetFaultRequest, SetFaultResponse,
    SetStockRequest, SetStockResponse, admin_service_server::AdminService,
};
use tonic::{Request, Response, Status};

use crate::{domain::Domain, notifications::Announcement, refusal::Refusal};

/// The admin service over a domain.
#[derive(Debug, Clone)]
pub(crate) struct Admin(pub(crate) Domain);

#[tonic::async_trait]
impl AdminService for Admin {
    async fn set_fault(
        &self,
        request: Request<SetFaultRequest>,
    ) -> Result<Response<SetFaultResponse>, Status> {
        // A request without a fault has an empty RPC, which is rejected.
        self.0.faults.set(request.into_inner().fault.unwrap_or_default())?;
        Ok(Response::new(SetFaultResponse {}))
    }

    async fn clear_faults(
        &self,
        _: Request<ClearFaultsRequest>,
    ) -> Result<Response<ClearFaultsResponse>, Status> {
        self.0.faults.clear();
        Ok(Response::new(ClearFaultsResponse {}))
    }

    async fn list_faults(
        &self,
        _: Request<ListFaultsRequest>,
    ) -> Result<Response<ListFaultsResponse>, Status> {
        Ok(Response::new(ListFaultsResponse { faults: self.0.faults.list() }))
    }

    async fn list_calls(&self, _: Request<ListCallsRequest>) -> Result<Response<ListCallsResponse>, Status> {
        Ok(Response::new(ListCallsResponse { calls: self.0.calls.list() }))
    }

    async fn clear_calls(
        &self,
        _: Request<ClearCallsRequest>,
    ) -> Result<Response<ClearCallsResponse>, Status> {
        self.0.calls.clear();
        Ok(Response::new(ClearCallsResponse {}))
    }

    async fn set_stock(
        &self,
        request: Request<SetStockRequest>,
    ) -> Result<Response<SetStockResponse>, Status> {
        let SetStockRequest { product_id, warehouse_id, quantity } = request.into_inner();
        self.0.set_stock(&product_id, &warehouse_id, quantity).await?;
        Ok(Response::new(SetStockResponse {}))
    }

    async fn advance_order(
        &self,
        request: Request<AdvanceOrderRequest>,
    ) -> Result<Response<AdvanceOrderResponse>, Status> {
        self.0.advance_order(&request.into_inner().order_id).await?;
        Ok(Response::new(AdvanceOrderResponse {}))
    }

    async fn cancel_order(
        &self,
        request: Request<CancelOrderRequest>,
    ) -> Result<Response<CancelOrderResponse>, Status> {
        self.0.cancel_order(&request.into_inner().order_id).await?;
        Ok(Response::new(CancelOrderResponse {}))
    }

    async fn notify(&self, request: Request<NotifyRequest>) -> Result<Response<NotifyResponse>, Status> {
        let NotifyRequest { user_id, notification } = request.into_inner();
        let notification = notification.unwrap_or_default();
        for (field, value) in [("user_id", &user_id), ("notification.title", &notification.title)] {
            if value.is_empty() {
                return Err(Refusal::invalid("NOTIFICATION_INVALID", field, "must not be empty").into());
            }
        }
        let announcement = Announcement {
            kind: notification.kind(),
            title: notification.title,
            text: notification.text,
            order_id: notification.order_id,
            product_id: notification.product_id,
        };
        let notification = Some(self.0.notify(&user_id, announcement).await?);
        Ok(Response::new(NotifyResponse { notification }))
    }
}
