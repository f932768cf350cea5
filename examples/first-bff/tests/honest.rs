//! The BFF keeps what every BFF has to keep, over services that its contracts make up.

use bff_test::{Bff, Break};
use serde_json::json;

fn bff() -> Bff {
    let contracts = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/reader");
    Bff::new(first_bff::client(), first_bff::proto::DESCRIPTORS).with_contracts(contracts)
}

#[test]
fn the_bff_is_honest() {
    let tried = bff_test::honest(&bff());
    assert!(tried.fields >= 6 && tried.failures >= 15, "{tried:?}");
}

#[tokio::test(start_paused = true)]
async fn loans_that_are_silent_leave_the_books() {
    let bff = bff().open();
    bff.services().break_rpc("library.loans.v1.LoanService/BatchGetLoans", Break::Silent);
    let answer = bff.query(r#"{ shelf(name: "novels") { title available } }"#).await;
    assert_eq!(answer.data("/shelf/2/available"), &json!(null));
    assert_eq!(answer.degraded(), ["shelf.available: UPSTREAM_TIMEOUT of LoanService ×3"]);
}
