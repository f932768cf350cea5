//! From a GraphQL request to its answer, independent of the transport.
//!
//! [`Gateway::answer`] takes a request through stages, each a module of its own, in this order: `prepare` selects the
//! operation and checks the variables; `identify` asks the sign-in who the principal is; `authorise` decides which fields
//! it may use; `limit` charges it for the cost; `share` finds an answer that is the same for everybody; `admit` lets the
//! request in or sheds it; `execute` runs it; `report` gives each error its code and hides what is internal. A mutation
//! under an idempotency key goes through `replays` before it is admitted.

mod access;
mod admit;
mod answer;
mod authorise;
mod credentials;
mod detached;
mod execute;
mod executor;
mod explain;
mod gateway;
mod identify;
mod limit;
mod parts;
mod prepare;
mod repetition;
mod replays;
mod report;
mod request;
mod share;

pub use access::{Access, Known};
pub use admit::{Admittance, Priorities};
pub use answer::{Answer, Cacheability, Effect, SHED};
pub use credentials::{Credentials, ServiceMetadata};
pub use detached::{Detached, DetachedRuns, detached};
pub use executor::Execute;
pub use explain::{Analysis, Explain, MadeCall};
pub use gateway::Gateway;
pub use limit::{Charged, RateLimits};
pub use parts::GatewayParts;
pub use prepare::GET_MUTATION;
pub use replays::Replays;
pub use request::{BadKey, GraphqlRequest};
pub use share::SharedAnswers;
