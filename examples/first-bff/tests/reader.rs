//! The BFF in front of its two services, which stand in memory.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::process::Command;
use std::sync::{Arc, Mutex};

use bff_test::{Bff, Break, Opened, id_of};
use first_bff::proto::books::book_service_server::{BookService, BookServiceServer};
use first_bff::proto::books::{Book, GetBookRequest, ListShelfRequest, ListShelfResponse};
use first_bff::proto::loans::loan_result::Outcome;
use first_bff::proto::loans::loan_service_server::{LoanService, LoanServiceServer};
use first_bff::proto::loans::{BatchGetLoansRequest, BatchGetLoansResponse, Loan, LoanError, LoanResult};
use serde_json::{Value, json};
use tonic::{Request, Response, Status};

/// Both services, and the keys of the calls for loans.
#[derive(Clone, Default)]
struct Library {
    loans: Arc<Mutex<Vec<Vec<String>>>>,
    /// True if the loans cannot be told.
    closed: bool,
}

fn book(id: &str) -> Book {
    Book { id: id.to_owned(), title: format!("The {id}"), author: "A. Writer".to_owned() }
}

#[tonic::async_trait]
impl BookService for Library {
    async fn get_book(&self, request: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
        match request.into_inner().id.as_str() {
            "gone" => Err(Status::not_found("there is no such book")),
            id => Ok(Response::new(book(id))),
        }
    }

    async fn list_shelf(&self, _: Request<ListShelfRequest>) -> Result<Response<ListShelfResponse>, Status> {
        Ok(Response::new(ListShelfResponse { books: ["sea", "stolen", "wind"].map(book).to_vec() }))
    }
}

#[tonic::async_trait]
impl LoanService for Library {
    async fn batch_get_loans(
        &self,
        request: Request<BatchGetLoansRequest>,
    ) -> Result<Response<BatchGetLoansResponse>, Status> {
        if self.closed {
            return Err(Status::unavailable("the library is closed"));
        }
        let ids = request.into_inner().book_ids;
        self.loans.lock().unwrap().push(ids.clone());
        let results = ids.into_iter().map(|book_id| {
            let outcome = match book_id.as_str() {
                "stolen" => Outcome::Error(LoanError { code: 5, message: "nobody knows".to_owned() }),
                id => Outcome::Loan(Loan { available: id == "sea", waiting: 0 }),
            };
            LoanResult { book_id, outcome: Some(outcome) }
        });
        Ok(Response::new(BatchGetLoansResponse { results: results.collect() }))
    }
}

fn bff() -> Bff {
    let contracts = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/reader");
    Bff::new(first_bff::client()).with_contracts(contracts)
}

/// Opens the services, and the BFF in front of them.
fn open(library: Library) -> Opened {
    let services = tonic::transport::Server::builder()
        .add_service(BookServiceServer::new(library.clone()))
        .add_service(LoanServiceServer::new(library));
    bff().open_over(async move |connections| services.serve_with_incoming(connections).await.unwrap())
}

/// Over services that the contracts make up: fields read and call what they say, operations keep their plans.
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
    assert_eq!(answer.degraded(), ["shelf.available: UPSTREAM_TIMEOUT of LoanService ×3"]);
}

#[tokio::test(start_paused = true)]
async fn a_shelf_is_one_call_to_each_service() {
    let library = Library::default();
    let answer = open(library.clone()).query(r#"{ shelf(name: "novels") { line available } }"#).await;
    let available = [0, 1, 2].map(|index| answer.data(&format!("/shelf/{index}/available")).clone());
    assert_eq!(available, [json!(true), Value::Null, json!(false)], "{}", answer.text);
    assert_eq!(answer.data("/shelf/0/line"), "The sea (A. Writer)");
    assert_eq!(*library.loans.lock().unwrap(), [["sea", "stolen", "wind"]]);
}

#[tokio::test(start_paused = true)]
async fn loans_that_cannot_be_told_leave_the_books() {
    let bff = open(Library { closed: true, ..Library::default() });
    let answer = bff.query(r#"{ shelf(name: "novels") { line available } }"#).await;
    assert_eq!(answer.data("/shelf/0"), &json!({ "line": "The sea (A. Writer)", "available": null }));
    assert_eq!(answer.degraded(), ["shelf.available: UPSTREAM_UNAVAILABLE of LoanService ×3"]);
    assert!(answer.errors().is_empty(), "{}", answer.text);
}

#[tokio::test(start_paused = true)]
async fn a_book_that_is_not_there_is_null_and_a_bad_id_is_an_error() {
    let bff = open(Library::default());
    let book = |id: &str| format!(r#"{{ book(id: "{id}") {{ title available }} }}"#);
    let found = bff.query(&book(&id_of("Book", "sea"))).await;
    assert_eq!(found.data("/book"), &json!({ "title": "The sea", "available": true }));
    assert!(bff.query(&book(&id_of("Book", "gone"))).await.whole().data("/book").is_null());
    assert_eq!(bff.query(&book("sea")).await.errors(), ["book: BAD_USER_INPUT"]);
}

/// Runs the binary as its developers do.
fn run(arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_first-bff"));
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[test]
fn the_contracts_hold() {
    let (holds, told) = run(&["check"]);
    assert!(holds, "{told}");
    let (_, schema) = run(&["schema"]);
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/reader/schema.graphql");
    assert_eq!(std::fs::read_to_string(committed).unwrap(), schema);
}

/// Every file that the documentation shows is the file that is here.
#[test]
fn the_page_shows_what_is_built() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let page = std::fs::read_to_string(format!("{root}../../docs/first-bff.md")).unwrap();
    let (mut before, mut shown) = ("", 0);
    for part in page.split("`:\n\n```") {
        if let Some(name) = before.rsplit('`').next().filter(|name| !name.is_empty()) {
            let code = part.split_once('\n').unwrap().1.split_once("```").unwrap().0;
            let file = std::fs::read_to_string(format!("{root}{name}")).unwrap();
            assert!(file.contains(code.trim()), "{name} is not what the page shows");
            shown += 1;
        }
        before = part;
    }
    assert!(shown >= 6, "{shown}");
}
