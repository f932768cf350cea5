//! Properties of an RPC that are known before it is called.

/// An RPC: its path, its idempotency, and whether its response depends on the principal.
#[derive(Clone, Copy, Debug)]
pub struct Rpc {
    path: &'static str,
    idempotency: Idempotency,
    public: bool,
    by_status: bool,
    declines: Option<ReadReason>,
}

/// Reads the reason of a status that is no fault of the service but its way to decline, such as `"CARD_DECLINED"`, from the
/// code and the message of the status.
pub type ReadReason = fn(code: i32, message: &str) -> Option<&'static str>;

/// Effect of calling an RPC, after `idempotency_level` of its contract. It decides which calls may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// A call changes nothing (`NO_SIDE_EFFECTS`).
    NoSideEffects,
    /// Repeated calls have the effect of a single call (`IDEMPOTENT`).
    Idempotent,
    /// Every call changes something more, so a call is never repeated.
    NonIdempotent,
}

impl Rpc {
    /// Creates an RPC that changes nothing, such as `"shop.reviews.v1.ReviewService/BatchListReviews"`.
    #[must_use]
    pub const fn read(path: &'static str) -> Self {
        Self::new(path, Idempotency::NoSideEffects)
    }

    /// Creates an RPC that changes something once, however often it is called with the same request.
    #[must_use]
    pub const fn idempotent_write(path: &'static str) -> Self {
        Self::new(path, Idempotency::Idempotent)
    }

    /// Creates an RPC that changes something with every call.
    #[must_use]
    pub const fn write(path: &'static str) -> Self {
        Self::new(path, Idempotency::NonIdempotent)
    }

    const fn new(path: &'static str, idempotency: Idempotency) -> Self {
        Self { path, idempotency, public: false, by_status: false, declines: None }
    }

    /// States that the response is the same for every principal, so that requests may share it.
    #[must_use]
    pub const fn public(self) -> Self {
        Self { public: true, ..self }
    }

    /// States that the service reports mistakes of the client by the status alone, without naming a field or a reason:
    /// the status is then taken to be about the client.
    #[must_use]
    pub const fn by_status(self) -> Self {
        Self { by_status: true, ..self }
    }

    /// States how the service declines, where its status gives no reason. Such an answer is no failure of the service: calls go
    /// on.
    #[must_use]
    pub const fn declines(self, reason: ReadReason) -> Self {
        Self { declines: Some(reason), ..self }
    }

    /// Returns the reason for which the service declined with this status; `None` if it did not.
    #[must_use]
    pub fn reason_of(&self, code: i32, message: &str) -> Option<&'static str> {
        self.declines.and_then(|reason| reason(code, message))
    }

    /// Returns the full method name, without a leading slash.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// Returns the full name of the service.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.path.split_once('/').map_or(self.path, |(service, _)| service)
    }

    /// Returns the name of the service without its package, such as `ReviewService`.
    #[must_use]
    pub fn service_name(&self) -> &'static str {
        let service = self.service();
        service.rsplit_once('.').map_or(service, |(_, name)| name)
    }

    /// Returns the idempotency of the RPC.
    #[must_use]
    pub const fn idempotency(&self) -> Idempotency {
        self.idempotency
    }

    /// Returns true if the response is the same for every principal.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        self.public
    }

    /// Returns true if the service reports mistakes of the client by the status alone.
    #[must_use]
    pub const fn speaks_by_status(&self) -> bool {
        self.by_status
    }
}

/// Reasons (of `google.rpc.ErrorInfo`) that are about the principal, and not about the server that calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reasons {
    /// Reasons of `UNAUTHENTICATED` for a call without a user or device that needs one.
    pub nobody_acts: &'static [&'static str],
    /// Reasons of `PERMISSION_DENIED` for a call that the principal may not make.
    pub may_not: &'static [&'static str],
}
