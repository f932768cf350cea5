//! The BFF in front of its two services, which stand in memory.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::future::pending;
use std::process::Command;
use std::sync::{Arc, Mutex};

use bff_kit::host::config::Config;
use bff_kit::host::{Server, Tcp};
use first_bff::proto::books::book_service_server::{BookService, BookServiceServer};
use first_bff::proto::books::{Book, GetBookRequest, ListShelfRequest, ListShelfResponse};
use first_bff::proto::loans::loan_result::Outcome;
use first_bff::proto::loans::loan_service_server::{LoanService, LoanServiceServer};
use first_bff::proto::loans::{BatchGetLoansRequest, BatchGetLoansResponse, Loan, LoanError, LoanResult};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
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

/// Opens the services and the BFF in front of them; returns the address of the BFF.
async fn open(library: Library) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("http://{}", listener.local_addr().unwrap());
    let services = tonic::transport::Server::builder()
        .add_service(BookServiceServer::new(library.clone()))
        .add_service(LoanServiceServer::new(library));
    tokio::spawn(services.serve_with_incoming(TcpListenerStream::new(listener)));

    let mut config = Config::development();
    config.upstream.default = upstream;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        Server::new(config).serve(first_bff::client(), listener, Tcp, pending()).await.unwrap();
    });
    format!("http://{address}/graphql")
}

async fn query(address: &str, query: &str) -> Value {
    let request = http::Request::post(address)
        .header("content-type", "application/json")
        .body(Full::<Bytes>::from(json!({ "query": query }).to_string()))
        .unwrap();
    let response = Client::builder(TokioExecutor::new()).build_http().request(request).await.unwrap();
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

#[tokio::test]
async fn a_shelf_is_one_call_to_each_service() {
    let library = Library::default();
    let address = open(library.clone()).await;
    let answer = query(&address, r#"{ shelf(name: "novels") { line available } }"#).await;
    let available: Vec<_> = (0..3).map(|index| answer["data"]["shelf"][index]["available"].clone()).collect();
    assert_eq!(available, [json!(true), Value::Null, json!(false)], "{answer}");
    assert_eq!(answer["data"]["shelf"][0]["line"], "The sea (A. Writer)");
    assert_eq!(*library.loans.lock().unwrap(), [["sea", "stolen", "wind"]]);
}

#[tokio::test]
async fn loans_that_cannot_be_told_leave_the_books() {
    let address = open(Library { closed: true, ..Library::default() }).await;
    let answer = query(&address, r#"{ shelf(name: "novels") { line available } }"#).await;
    assert_eq!(answer["data"]["shelf"][0], json!({ "line": "The sea (A. Writer)", "available": null }));
    assert_eq!(answer["extensions"]["degraded"][0]["service"], "LoanService", "{answer}");
    assert!(answer.get("errors").is_none());
}

#[tokio::test]
async fn a_book_that_is_not_there_is_null_and_a_bad_id_is_an_error() {
    let address = open(Library::default()).await;
    let shelf = query(&address, r#"{ shelf(name: "novels") { id } }"#).await;
    let id = shelf["data"]["shelf"][0]["id"].as_str().unwrap();
    let found = query(&address, &format!(r#"{{ book(id: "{id}") {{ title available }} }}"#)).await;
    assert_eq!(found["data"]["book"], json!({ "title": "The sea", "available": true }), "{found}");
    let bad = query(&address, r#"{ book(id: "sea") { title } }"#).await;
    assert_eq!(bad["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
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
