//! Streams that last longer than any request: they have no deadline, and pass none of the layers.

use bytes::Bytes;
use endpoints::Lasting;

use super::Upstream;
use super::endpoint::Encoded;
use crate::{FailureKind, Rpc, UpstreamError};

/// The messages of a stream that lasts.
pub(crate) struct Messages {
    connection: Lasting,
    messages: tonic::Streaming<Bytes>,
}

impl Upstream {
    /// Opens a stream at the service of `beside`, an RPC of the policy table.
    pub(crate) async fn open(
        &self,
        rpc: Rpc,
        beside: Rpc,
        request: Bytes,
    ) -> Result<Messages, UpstreamError> {
        let internal = |what| UpstreamError::new(FailureKind::Internal, format!("{}: {what}", rpc.path()));
        let route = self.routes.get(beside.path()).ok_or_else(|| internal("the service has no calls"))?;
        let credentials = self.of_nobody.as_ref();
        let credentials = credentials.ok_or_else(|| internal("the server has no credentials of its own"))?;
        let metadata = credentials.authorize(rpc.service()).await?;
        let path = format!("/{}", rpc.path()).parse().map_err(|_| internal("no path of a URI"))?;
        let connection = route.service.endpoints.lasting().await;
        let connection = connection.map_err(|error| UpstreamError::unsent(error.to_string()))?;
        let mut client = tonic::client::Grpc::new(connection.clone());
        client.ready().await.map_err(|error| UpstreamError::unsent(error.to_string()))?;
        let mut request = tonic::Request::new(request);
        metadata.show(request.metadata_mut());
        let messages = client.server_streaming(request, path, Encoded).await;
        let messages = messages.map_err(|status| UpstreamError::of_stream(&status))?;
        Ok(Messages { connection, messages: messages.into_inner() })
    }
}

impl Messages {
    /// Returns the next message; `None` at the end, also when the peer accepts no more streams: it is about to stop.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, UpstreamError> {
        let Self { connection, messages } = self;
        tokio::select! {
            biased;
            next = messages.message() => next.map_err(|status| UpstreamError::of_stream(&status)),
            () = connection.closed() => Ok(None),
        }
    }
}
