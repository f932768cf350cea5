//! The guard before every service of the shop: call log, credential, faults and deadline of each call.

mod answer;
mod deadline;
mod odd;
mod question;

use std::{convert::Infallible, future::Future, pin::Pin, sync::Arc, task};

use http::{Request, Response};
use proto::admin::Call;
use tokio::{sync::watch, time::Instant};
use tonic::{Status, body::Body, server::NamedService};
use tower::Service;

use self::{answer::AnswerBody, question::Question};
use crate::{
    calls::{self, Calls, Running},
    clock::{self, Clock},
    credential::Verifier,
    faults::{Breakage, Failure, Faults},
    refusal::Refusal,
};

/// The guard of one server, which wraps its services.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) faults: Faults,
    pub(crate) calls: Calls,
    pub(crate) clock: Clock,
    pub(crate) stopping: Stopping,
}

/// A signal that the server is stopping, which ends streams that have no end of their own.
#[derive(Debug, Clone)]
pub(crate) struct Stopping(pub(crate) watch::Receiver<bool>);

/// A service behind a guard.
#[derive(Debug, Clone)]
pub(crate) struct Guarded<S> {
    guard: Guard,
    service: S,
}

impl Guard {
    pub(crate) fn before<S>(&self, service: S) -> Guarded<S> {
        Guarded { guard: self.clone(), service }
    }

    async fn call<S>(self, service: S, request: Request<Body>) -> Response<Body>
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    {
        let rpc = request.uri().path().trim_start_matches('/').to_owned();
        let time_left = deadline::time_left(request.headers());
        let deadline = time_left.map(|left| Instant::now() + left);
        let running = self.calls.begin(Call {
            rpc: rpc.clone(),
            start_time: Some(clock::to_proto(self.clock.now())),
            deadline: time_left.and_then(calls::to_proto),
            ..Call::default()
        });

        let outcome = tokio::select! {
            biased;
            outcome = self.respond(&rpc, service, request, &running) => outcome,
            error = deadline::passed(deadline) => Err(error),
        };
        match outcome {
            Ok(response) => {
                let cutoff = answer::cutoff(deadline, self.stopping);
                AnswerBody::wrap(response, running, cutoff)
            }
            Err(error) => {
                running.finish(error.code());
                Status::from(error).into_http()
            }
        }
    }

    async fn respond<S>(
        &self,
        rpc: &str,
        mut service: S,
        request: Request<Body>,
        running: &Running,
    ) -> Result<Response<Body>, Refusal>
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    {
        let (head, body) = request.into_parts();
        let message = Question::read(rpc, body).await?;
        running.note(|call| message.note(call));
        let caller = self.verifier.verify(&head.headers, rpc)?;
        running.note(|call| call.subject = caller.subject.clone().unwrap_or_default());

        let breakage = self.faults.draw(rpc);
        let (keys, after_work) = (breakage.keys.clone(), breakage.after_work);
        let mut breakage = Some(breakage);
        if !after_work && let Some(odd) = self.suffer(breakage.take()).await? {
            return Ok(odd);
        }

        let mut request = Request::from_parts(head, message.into_body());
        request.extensions_mut().insert(caller);
        request.extensions_mut().insert(keys);
        let response = match service.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        Ok(self.suffer(breakage).await?.unwrap_or(response))
    }

    /// Applies the fault drawn for a call; returns the response in place of the service's, if the fault has one.
    async fn suffer(&self, breakage: Option<Breakage>) -> Result<Option<Response<Body>>, Refusal> {
        let Some(breakage) = breakage else { return Ok(None) };
        let suffered = async {
            if !breakage.wait.is_zero() {
                tokio::time::sleep(breakage.wait).await;
            }
            match breakage.failure {
                None => Ok(None),
                Some(Failure::Status(code, delay)) => {
                    Err(Refusal::new(code, "FAULT_INJECTED", "failed on purpose").retried_after(delay))
                }
                Some(Failure::Odd(odd)) => Ok(Some(odd::response(odd))),
                Some(Failure::BlackHole) => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            suffered = suffered => suffered,
            error = self.stopping.clone().signalled() => Err(error),
        }
    }
}

impl Stopping {
    /// Waits until the server stops; returns the error for calls that still run.
    pub(crate) async fn signalled(mut self) -> Refusal {
        // A dropped sender means that the server has stopped as well.
        self.0.wait_for(|is_stopping| *is_stopping).await.ok();
        Refusal::stopping()
    }
}

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> task::Poll<Result<(), Infallible>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // Generated services are always ready, so a clone of this one is as well.
        let call = self.guard.clone().call(self.service.clone(), request);
        Box::pin(async { Ok(call.await) })
    }
}

impl<S: NamedService> NamedService for Guarded<S> {
    const NAME: &'static str = S::NAME;
}
