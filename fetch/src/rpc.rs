//! What is known of an RPC before it is called.

/// An RPC: where it is, what it changes, and whether its answer depends on who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rpc {
    path: &'static str,
    effect: Effect,
    public: bool,
}

/// What calling an RPC changes, after `idempotency_level` of its contract. It decides what may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing (`NO_SIDE_EFFECTS`).
    None,
    /// The same, however often it is called (`IDEMPOTENT`).
    Once,
    /// More with every call: never repeated.
    Every,
}

impl Rpc {
    /// An RPC that changes nothing, such as `"shop.reviews.v1.ReviewService/BatchListReviews"`.
    #[must_use]
    pub const fn read(path: &'static str) -> Self {
        Self { path, effect: Effect::None, public: false }
    }

    /// An RPC that changes something once, however often it is called with the same request.
    #[must_use]
    pub const fn idempotent_write(path: &'static str) -> Self {
        Self { path, effect: Effect::Once, public: false }
    }

    /// An RPC that changes something with every call.
    #[must_use]
    pub const fn write(path: &'static str) -> Self {
        Self { path, effect: Effect::Every, public: false }
    }

    /// States that the answer is the same for whoever asks, so that requests may share it.
    #[must_use]
    pub const fn public(self) -> Self {
        Self { public: true, ..self }
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
    pub const fn effect(&self) -> Effect {
        self.effect
    }

    /// Whether its answer is the same for whoever asks.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        self.public
    }
}
