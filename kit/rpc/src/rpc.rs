//! What is known of an RPC before it is called.

/// An RPC: where it is, what it changes, and whether its answer depends on who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rpc {
    path: &'static str,
    idempotency: Idempotency,
    public: bool,
    by_status: bool,
}

/// What calling an RPC changes, after `idempotency_level` of its contract. It decides what may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// Nothing (`NO_SIDE_EFFECTS`).
    NoSideEffects,
    /// The same, however often it is called (`IDEMPOTENT`).
    Idempotent,
    /// More with every call: never repeated.
    NonIdempotent,
}

impl Rpc {
    /// An RPC that changes nothing, such as `"shop.reviews.v1.ReviewService/BatchListReviews"`.
    #[must_use]
    pub const fn read(path: &'static str) -> Self {
        Self { path, idempotency: Idempotency::NoSideEffects, public: false, by_status: false }
    }

    /// An RPC that changes something once, however often it is called with the same request.
    #[must_use]
    pub const fn idempotent_write(path: &'static str) -> Self {
        Self { path, idempotency: Idempotency::Idempotent, public: false, by_status: false }
    }

    /// An RPC that changes something with every call.
    #[must_use]
    pub const fn write(path: &'static str) -> Self {
        Self { path, idempotency: Idempotency::NonIdempotent, public: false, by_status: false }
    }

    /// States that the answer is the same for whoever asks, so that requests may share it.
    #[must_use]
    pub const fn public(self) -> Self {
        Self { public: true, ..self }
    }

    /// States that its service says by the status alone what the client did wrong, without naming a field or a reason:
    /// the status is then taken for a word to the client.
    #[must_use]
    pub const fn by_status(self) -> Self {
        Self { by_status: true, ..self }
    }

    /// The full method name, without a leading slash.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The full name of the service.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.path.split_once('/').map_or(self.path, |(service, _)| service)
    }

    /// What calling it changes.
    #[must_use]
    pub const fn idempotency(&self) -> Idempotency {
        self.idempotency
    }

    /// Whether its answer is the same for whoever asks.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        self.public
    }

    /// Whether its service says by the status alone what the client did wrong.
    #[must_use]
    pub const fn speaks_by_status(&self) -> bool {
        self.by_status
    }
}

/// Reasons (those of `google.rpc.ErrorInfo`) by which the services speak of who acts, and not of who calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reasons {
    /// Those of `UNAUTHENTICATED` that say that nobody acts where somebody must.
    pub nobody_acts: &'static [&'static str],
    /// Those of `PERMISSION_DENIED` that say that whoever acts may not do this.
    pub may_not: &'static [&'static str],
}
