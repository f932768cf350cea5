//! Contracts that were not made for the kit: batches without errors by key, and pages that cannot skip.

mod cut;
mod declared;

#[expect(unreachable_pub, clippy::pedantic, reason = "generated, as any team's contracts are")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
}

use std::sync::{Arc, Mutex};

use async_graphql::{EmptyMutation, SimpleObject};
use bff_kit::host::config::ConfigError;
use bff_kit::{
    AnyClient, AnySignIn, AutomaticQueries, Client, Connection, DocumentPolicy, Limits, OperationPolicy, Ref,
    SignInSetup, object,
};
use bff_test::{Bff, Opened, honest};
use fetch::{Fetch, Page, Policies, Policy, PolicyTable as _, ids};
use generated::library::v1::book_service_server::{BookService, BookServiceServer};
use generated::library::v1::{self as library, book_service};
use serde_json::{Value, json};
use tonic::transport::Server;
use tonic::{Request, Response, Status, async_trait};

const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

ids! {
    /// Name of a book.
    BookName;

    /// Id of an author.
    AuthorId;
}

/// A book by its name.
#[derive(Fetch)]
#[fetch(book_service::BatchGetBooks, keys = names, in_order, key = name, at_most = 10)]
struct BookByName(BookName);

/// An author by their id.
#[derive(Fetch)]
#[fetch(book_service::FindAuthors, keys = ids, matched_by = author_id, at_most = 10)]
struct AuthorById(AuthorId);

/// A page of an author's books.
#[derive(Fetch)]
#[fetch(book_service::ListBooks)]
struct BooksBy {
    author_id: AuthorId,
    page: Page,
}

/// Queries.
#[object]
struct Query {
    /// A book. Null when there is none of this name.
    #[fetch(BookByName(name))]
    #[arg(name: String, "Name of the book.")]
    book: Ref<Book>,
    /// Books of an author.
    #[fetch(BooksBy { author_id: author, page }, most = 10)]
    #[arg(author: String, "Id of the author.")]
    #[arg(first: i32 = 3, "Books per page, 10 at most.")]
    #[arg(after: Option<String>, "Cursor of the book to begin behind.")]
    books: Connection<Book, BookConnectionFields>,
}

/// Fields of a page of books beside its items.
#[derive(SimpleObject)]
struct BookConnectionFields {
    /// True on the last page.
    is_last: bool,
}

impl From<&library::ListBooksResponse> for BookConnectionFields {
    fn from(page: &library::ListBooksResponse) -> Self {
        Self { is_last: page.next_page_token.is_empty() }
    }
}

/// A book.
#[object(library::Book, by = BookByName)]
struct Book {
    /// Name of the book.
    #[read(name)]
    name: String,
    /// Title of the book.
    #[read(title)]
    title: String,
    /// The author.
    #[fetch(AuthorById(self.author_id), take = full_name, or = null)]
    author: String,
}

struct Reader;

impl Client for Reader {
    const NAME: &'static str = "bff-foreign";
    const LIMITS: Limits = Limits::DEFAULT;
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Never };
    type Query = Query;
    type Mutation = EmptyMutation;

    fn policies() -> Policies {
        Policies::new()
            .fetch::<BookByName>(Policy::within_ms(500))
            .fetch::<AuthorById>(Policy::within_ms(500))
            .fetch::<BooksBy>(Policy::within_ms(500))
    }

    fn descriptors() -> &'static [u8] {
        DESCRIPTORS
    }

    fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
        setup.access_tokens()
    }
}

fn bff() -> Bff {
    Bff::new(AnyClient::of::<Reader>())
}

#[test]
fn what_stands_on_such_contracts_is_honest() {
    let tried = honest(&bff());
    assert!(tried.fields >= 8, "{tried:?}");
}

/// A library of eight books, of two authors.
#[derive(Debug, Default)]
struct Library {
    /// Requests for batches, as they came.
    batches: Mutex<Vec<Vec<String>>>,
    /// Requests for pages: size and token.
    pages: Mutex<Vec<(i32, String)>>,
    /// Books that no batch has, though it says nothing of them.
    lost: usize,
}

fn books() -> Vec<library::Book> {
    let book = |number: i32| library::Book {
        name: format!("book-{number}"),
        title: format!("Volume {number}"),
        author_id: ["ada", "nobody"][usize::from(number == 3)].to_owned(),
        pages: 100 + number,
        sequel: None,
    };
    (1..=8).map(book).collect()
}

#[async_trait]
impl BookService for Library {
    async fn batch_get_books(
        &self,
        request: Request<library::BatchGetBooksRequest>,
    ) -> Result<Response<library::BatchGetBooksResponse>, Status> {
        let names = request.into_inner().names;
        self.batches.lock().unwrap().push(names.clone());
        let find = |name: &String| books().into_iter().find(|book| book.name == *name);
        let found: Option<Vec<_>> = names.iter().map(find).collect();
        let mut books = found.ok_or_else(|| Status::not_found("one of the books"))?;
        books.truncate(books.len() - self.lost.min(books.len()));
        Ok(Response::new(library::BatchGetBooksResponse { books }))
    }

    async fn find_authors(
        &self,
        request: Request<library::FindAuthorsRequest>,
    ) -> Result<Response<library::FindAuthorsResponse>, Status> {
        let known = request.into_inner().ids.into_iter().filter(|id| id != "nobody");
        let author = |id: String| library::Author {
            full_name: id.to_uppercase(),
            born_in: "London".to_owned(),
            author_id: id,
        };
        Ok(Response::new(library::FindAuthorsResponse { authors: known.map(author).collect() }))
    }

    async fn list_books(
        &self,
        request: Request<library::ListBooksRequest>,
    ) -> Result<Response<library::ListBooksResponse>, Status> {
        let library::ListBooksRequest { page_size, page_token, .. } = request.into_inner();
        self.pages.lock().unwrap().push((page_size, page_token.clone()));
        let start: usize = page_token.parse().unwrap_or_default();
        let end = start + usize::try_from(page_size).unwrap();
        let next_page_token = if end < 8 { end.to_string() } else { String::new() };
        let books = books().into_iter().skip(start).take(end - start).collect();
        Ok(Response::new(library::ListBooksResponse { books, next_page_token }))
    }
}

fn open(library: &Arc<Library>) -> Opened {
    let server = Server::builder().add_service(BookServiceServer::from_arc(library.clone()));
    bff().open_over(async move |connections| server.serve_with_incoming(connections).await.unwrap())
}

#[tokio::test(start_paused = true)]
async fn values_in_the_order_of_their_keys_travel_in_one_call() {
    let library = Arc::new(Library::default());
    let answer = open(&library)
        .query(
            r#"{ two: book(name: "book-2") { title author } one: book(name: "book-1") { title }
                 three: book(name: "book-3") { name author } }"#,
        )
        .await;
    let data = json!({
        "two": { "title": "Volume 2", "author": "ADA" },
        "one": { "title": "Volume 1" },
        // Nobody of this id is known.
        "three": { "name": "book-3", "author": null },
    });
    assert_eq!(answer.body["data"], data, "{}", answer.text);
    assert_eq!(*library.batches.lock().unwrap(), [["book-1", "book-2", "book-3"]]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_fails_for_one_unknown_key_is_not_told_as_the_absence_of_all() {
    let library = Arc::new(Library::default());
    let bff = open(&library);
    let answer = bff.query(r#"{ book(name: "book-9") { title } }"#).await;
    assert_eq!(answer.body, json!({ "data": { "book": null } }));
    let answer =
        bff.query(r#"{ a: book(name: "book-1") { title } b: book(name: "book-9") { title } }"#).await;
    let errors = answer.body["errors"].as_array().unwrap();
    let codes: Vec<_> = errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["INTERNAL_SERVER_ERROR"; 2], "{}", answer.text);
}

#[tokio::test(start_paused = true)]
async fn fewer_values_than_keys_are_nobodys() {
    let library = Arc::new(Library { lost: 1, ..Library::default() });
    let answer = open(&library)
        .query(r#"{ a: book(name: "book-1") { title } b: book(name: "book-2") { title } }"#)
        .await;
    assert_eq!(answer.body["data"], json!({ "a": null, "b": null }));
    assert_eq!(answer.body["errors"].as_array().unwrap().len(), 2, "{}", answer.text);
}

#[tokio::test(start_paused = true)]
async fn a_page_may_begin_behind_any_item_though_the_service_cannot_skip() {
    let library = Arc::new(Library::default());
    let bff = open(&library);
    let page = async |after: &Value| {
        let query = "query($after: String) { books(author: \"ada\", after: $after) {
            edges { cursor node { title } } pageInfo { hasNextPage endCursor } isLast } }";
        let body = json!({ "query": query, "variables": { "after": after } });
        let answer = bff.send(&body, None, &[]).await;
        answer.body["data"]["books"].clone()
    };
    let titles = |page: &Value| {
        let edges = page["edges"].as_array().unwrap();
        edges.iter().map(|edge| edge["node"]["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = page(&Value::Null).await;
    assert_eq!(titles(&first), ["Volume 1", "Volume 2", "Volume 3"]);
    let behind_second = page(&first["edges"][1]["cursor"]).await;
    assert_eq!(titles(&behind_second), ["Volume 3", "Volume 4", "Volume 5"]);
    let next = page(&behind_second["pageInfo"]["endCursor"]).await;
    assert_eq!(titles(&next), ["Volume 6", "Volume 7", "Volume 8"]);
    assert_eq!((&next["pageInfo"]["hasNextPage"], &next["isLast"]), (&json!(false), &json!(true)));
    // Two more are asked for, since the page begins behind them.
    let sent = library.pages.lock().unwrap().clone();
    assert_eq!(sent, [(3, String::new()), (5, String::new()), (3, "5".to_owned())]);
}
