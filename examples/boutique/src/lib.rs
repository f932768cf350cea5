//! A BFF for the phone of a boutique's customer, over services that know no batches, read masks and reasons.

mod calls;
mod schema;

use bff_kit::{AnyClient, AnySignIn, AutomaticQueries, Client, DocumentPolicy, Limits, OperationPolicy};
use calls::{AddToCart, AdsFor, AllProducts, CartOf, Converted, Currencies, EmptyCart, PlaceOrder};
use calls::{ProductById, ProductsMatching, QuoteFor, Recommended};
use fetch::{Policies, Policy, PolicyTable as _};

/// The contracts of the services, and the code that is made of them.
#[expect(missing_docs, clippy::pedantic, reason = "a generator has its own style")]
pub mod proto {
    include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
    pub use self::boutique::v1::*;
    /// The contracts as a set of file descriptors.
    pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
}

struct Phone;

/// Returns the client, for the code that runs it.
#[must_use]
pub fn client() -> AnyClient {
    AnyClient::of::<Phone>()
}

impl Client for Phone {
    const NAME: &'static str = "bff-boutique";
    const LIMITS: Limits = Limits::DEFAULT;
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Registered, automatic: AutomaticQueries::Development };
    type Query = schema::Query;
    type Mutation = schema::Mutation;

    fn policies() -> Policies {
        let catalog = Policy::within_ms(500).fresh_s(300).stale_s(86_400);
        Policies::new()
            .fetch::<AdsFor>(Policy::within_ms(200).first_to_go())
            .fetch::<AllProducts>(catalog)
            .fetch::<CartOf>(Policy::within_ms(500))
            .fetch::<Converted>(Policy::within_ms(400).fresh_s(60).stale_s(600))
            .fetch::<Currencies>(catalog)
            .fetch::<ProductById>(catalog)
            .fetch::<ProductsMatching>(catalog)
            .fetch::<QuoteFor>(Policy::within_ms(400))
            .fetch::<Recommended>(Policy::within_ms(300).first_to_go())
            .command::<AddToCart>(Policy::within_ms(1_000))
            .command::<EmptyCart>(Policy::within_ms(1_000))
            .command::<PlaceOrder>(Policy::within_ms(2_000))
    }

    fn descriptors() -> &'static [u8] {
        proto::DESCRIPTORS
    }

    fn sign_in(setup: &bff_kit::SignInSetup<'_>) -> Result<AnySignIn, bff_kit::host::config::ConfigError> {
        setup.access_tokens()
    }
}
