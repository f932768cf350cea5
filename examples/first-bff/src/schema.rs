//! The schema.

use bff_kit::{Id, Ref, object};

use crate::calls::{BookById, BookId, BooksOn, LoanOf};
use crate::proto::books;

/// Queries of the app.
#[object]
pub(crate) struct Query {
    /// A book. Null when there is none with this id.
    #[fetch(BookById(id))]
    #[arg(id: Id<Book>, "Id of the book.")]
    book: Ref<Book>,
    /// The books of a shelf, 10 at most.
    #[fetch(BooksOn { shelf: name }, take = books, most = 10)]
    #[arg(name: String, "Name of the shelf.")]
    shelf: Vec<Book>,
}

/// A book of the library.
#[object(books::Book, by = BookById, id = BookId)]
pub(crate) struct Book {
    /// Id of the book.
    #[read(id)]
    id: Id<Self>,
    /// Title of the book.
    #[read(title)]
    title: String,
    /// Title and author in a line.
    #[read(title, author, with = line)]
    line: String,
    /// True if the book can be borrowed now. Null when that cannot be loaded.
    #[fetch(LoanOf(self.id), take = available, or = null)]
    available: bool,
}

fn line(title: &str, author: &str) -> String {
    format!("{title} ({author})")
}
