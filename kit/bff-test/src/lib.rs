//! Tests of a GraphQL backend-for-frontend, over services that are made of their contracts: no service is needed, no socket,
//! and no time but that of the processor.
//!
//! ```ignore
//! #[test]
//! fn the_bff_is_honest() {
//!     let bff = bff_test::Bff::new(bff_reader::client()).with_contracts("schema/reader");
//!     assert!(bff_test::honest(&bff).fields > 10);
//! }
//! ```
//!
//! [`honest`] tests the requirements on every BFF. Those on one of them are tests of its own, over the same services:
//!
//! ```ignore
//! #[tokio::test(start_paused = true)]
//! async fn loans_that_cannot_be_loaded_leave_the_books() {
//!     let bff = bff().open();
//!     bff.services().break_rpc("library.loans.v1.LoanService/BatchGetLoans", Break::Silent);
//!     let answer = bff.query("{ shelf(name: \"novels\") { title available } }").await;
//!     assert_eq!(answer.degraded(), ["shelf.available: UPSTREAM_TIMEOUT of LoanService ×3"]);
//! }
//! ```

mod answer;
mod arguments;
mod bff;
mod honest;
pub mod network;
mod operations;
mod probe;
mod services;
pub mod sign_in;

pub use answer::Answer;
pub use arguments::id_of;
pub use bff::{Bff, Opened};
pub use honest::{Tried, compare, honest};
pub use operations::Operation;
pub use probe::Probe;
pub use services::{Break, Call, Services};
