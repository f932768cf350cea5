//! The calls of the BFF, and how long each may take.

use fetch::{Fetch, Policies, Policy, PolicyTable as _};

use crate::proto::books::book_service;
use crate::proto::loans::loan_service;

fetch::ids! {
    /// Id of a book.
    pub(crate) BookId;
}

/// A book, by its id.
#[derive(Fetch)]
#[fetch(book_service::GetBook, one = id, key = id)]
pub(crate) struct BookById(pub(crate) BookId);

/// The first ten books of a shelf.
#[derive(Fetch)]
#[fetch(book_service::ListShelf)]
pub(crate) struct BooksOn {
    /// Name of the shelf.
    pub(crate) shelf: String,
}

/// State of a book's loans, by the id of the book.
#[derive(Fetch)]
#[fetch(loan_service::BatchGetLoans, keys = book_ids, at_most = 50)]
pub(crate) struct LoanOf(pub(crate) BookId);

pub(crate) fn policies() -> Policies {
    Policies::new()
        .fetch::<BookById>(Policy::within_ms(500))
        .fetch::<BooksOn>(Policy::within_ms(500))
        .fetch::<LoanOf>(Policy::within_ms(300))
}
