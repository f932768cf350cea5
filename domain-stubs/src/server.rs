//! Serving of a domain: its services on a listener, beside health and reflection, and the admin service on demand.

use std::{fmt, future::Future, io};

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::serve::{Listener, ListenerExt as _};
use proto::admin::admin_service_server::AdminServiceServer;
use tokio::{net::TcpListener, sync::watch};
use tonic::{server::NamedService, service::RoutesBuilder};
use tonic_health::{
    ServingStatus,
    server::{HealthReporter, health_reporter},
};
use tonic_reflection::pb::v1::server_reflection_server::{ServerReflection, ServerReflectionServer};

use crate::{
    admin::Admin,
    domain::Domain,
    guard::{Guard, Stopping},
    services::{Service, Services},
};

/// The service name that stands for the whole server in health checks.
const OVERALL_HEALTH: &str = "";

impl Domain {
    /// Serves some of the services until `shutdown` is ready and every connection has ended. Streams end with
    /// `UNAVAILABLE` then. One domain may be served several times.
    pub async fn serve(
        &self,
        listener: TcpListener,
        services: Services,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let listener = listener.tap_io(|socket| {
            // A socket that cannot be tuned still serves.
            socket.set_nodelay(true).ok();
        });
        self.serve_on(listener, services, shutdown).await
    }

    /// Serves connections of any kind, such as those that tests make without sockets.
    ///
    /// # Errors
    /// The error of a listener that fails.
    pub async fn serve_on<L: Listener<Addr: fmt::Debug>>(
        &self,
        listener: L,
        services: Services,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let (stop, stopping) = watch::channel(false);
        let guard = Guard {
            verifier: self.verifier.clone(),
            faults: self.faults.clone(),
            calls: self.calls.clone(),
            clock: self.clock.clone(),
            stopping: Stopping(stopping),
        };
        let (health, health_server) = health_reporter();
        let mut routes = RoutesBuilder::default();
        for service in services.iter() {
            service.add(self, &guard, &mut routes);
            health.set_service_status(service.full_name(), ServingStatus::Serving).await;
        }
        let mut names: Vec<_> = services.iter().map(Service::full_name).collect();
        if self.has_admin {
            routes.add_service(AdminServiceServer::new(Admin(self.clone())));
            names.push(AdminServiceServer::<Admin>::NAME);
        }
        routes.add_service(reflection(&names)?);
        routes.add_service(health_server);

        // Not tonic's own server: its timer for `grpc-timeout` would run before ours and respond
        // with CANCELLED.
        let routes = routes.routes().into_axum_router().layer(middleware::from_fn(grpc_alone));
        axum::serve(listener, routes)
            .with_graceful_shutdown(async move {
                shutdown.await;
                stop.send_replace(true);
                end_health(health, &services).await;
            })
            .await
    }
}

/// Rejects requests whose content type is not gRPC. The others cannot come from a web page: a browser would need the
/// consent of the server (CORS) for that content type, which nothing here gives.
async fn grpc_alone(request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("application/grpc")) {
        return next.run(request).await;
    }
    StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response()
}

/// Reports the end of each service to the watchers of its health, and ends their streams.
async fn end_health(mut health: HealthReporter, services: &Services) {
    for name in services.iter().map(Service::full_name).chain([OVERALL_HEALTH]) {
        health.set_service_status(name, ServingStatus::NotServing).await;
        health.clear_service_status(name).await;
    }
}

/// The reflection service, with the contracts of the services in `names` and of those that every server has.
fn reflection(names: &[&str]) -> io::Result<ServerReflectionServer<impl ServerReflection>> {
    let mut reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .with_service_name("grpc.health.v1.Health")
        .with_service_name("grpc.reflection.v1.ServerReflection");
    for name in names {
        reflection = reflection.with_service_name(*name);
    }
    reflection.build_v1().map_err(io::Error::other)
}
