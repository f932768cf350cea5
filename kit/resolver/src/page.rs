//! Pages of a list: Relay's `first` and `after` on one side, AIP-158's `page_size`, `page_token` and `skip` on
//! the other.

mod rows;

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use async_graphql::connection::PageInfo;
use async_graphql::{Object, ObjectType, OutputType, SimpleObject, TypeName};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use fetch::{Page, PageMessage, PageTokens};

use crate::error::Error;
use crate::part::Part;

/// Longest cursor that is read, in bytes.
const MAX_CURSOR: usize = 2048;

/// Returns the page for the arguments `first` and `after`. `first` must lie between 0 and `max`, and `after` must be the
/// cursor of an item: anything else is `BAD_USER_INPUT`.
pub fn page(first: i32, after: Option<&str>, max: i32) -> Result<Page, Error> {
    if !(0..=max).contains(&first) {
        return Err(Error::bad_input("first", format!("must lie between 0 and {max}")));
    }
    match after {
        None => Ok(Page::first(first)),
        Some(cursor) => {
            let (token, skip) =
                read_cursor(cursor).ok_or_else(|| Error::bad_input("after", "not a cursor of this list"))?;
            Ok(Page { size: first, token, skip })
        }
    }
}

/// Returns the page moved forward by this number of items; `BAD_USER_INPUT` if the number is negative or too large.
pub fn further(page: Page, items: i32) -> Result<Page, Error> {
    if items < 0 {
        return Err(Error::bad_input("skip", "must not be negative"));
    }
    let too_far = || Error::bad_input("skip", "leads past the end of every list");
    Ok(Page { skip: page.skip.checked_add(items).ok_or_else(too_far)?, ..page })
}

/// A page of a list, and the message that holds it.
#[derive(Debug)]
pub struct Listed<M: ?Sized> {
    page: Page,
    message: Arc<M>,
}

impl<M> Listed<M> {
    /// Creates the page that was fetched as this message.
    #[must_use]
    pub fn new(page: Page, message: Arc<M>) -> Self {
        Self { page, message }
    }
}

impl<M: PageMessage + Send + Sync + 'static> Listed<M> {
    /// Returns the page of any list with such items.
    #[must_use]
    pub fn of_any(self) -> ListedItems<M::Item> {
        Listed { page: self.page, message: self.message }
    }
}

/// A page of any list with such items.
pub type ListedItems<I> = Listed<dyn PageMessage<Item = I> + Send + Sync>;

impl<M: ?Sized> Deref for Listed<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.message
    }
}

impl<M: PageMessage + Send + Sync + ?Sized + 'static> Listed<M>
where
    M::Item: Send + Sync + 'static,
{
    /// Returns the items, as many as the page may hold, since a fetch requests at least one item of a service.
    pub fn parts<T: From<Part<M::Item>>>(&self) -> impl Iterator<Item = T> {
        let most = usize::try_from(self.page.size).unwrap_or_default();
        Part::items(self.message.clone(), |message| message.items()).take(most).map(T::from)
    }

    /// Returns the value of `after` for the next page; `None` if there is none. The page after one of size 0 begins
    /// where that one began.
    #[must_use]
    pub fn end_cursor(&self) -> Option<String> {
        let Page { size, token, skip } = &self.page;
        if *size == 0 {
            return self.has_previous().then(|| write_cursor(token, *skip));
        }
        next_cursor(self.message.tokens().next)
    }

    /// Returns true if items lie before this page.
    fn has_previous(&self) -> bool {
        !self.page.token.is_empty() || self.page.skip > 0
    }

    /// Returns the cursor of the item at `index` of this page. If the service gives its items no tokens, the cursor of the last
    /// one is the token of the next page; that of any other counts from the beginning of the page, and points elsewhere once
    /// items are added or removed.
    fn cursor(&self, index: usize, tokens: PageTokens<'_>) -> String {
        let is_last = index + 1 == self.message.items().len();
        let token = tokens.items.get(index).map(String::as_str).or(is_last.then_some(tokens.next));
        token.and_then(next_cursor).unwrap_or_else(|| {
            let behind = i32::try_from(index).unwrap_or(i32::MAX).saturating_add(1);
            write_cursor(&self.page.token, self.page.skip.saturating_add(behind))
        })
    }
}

/// Returns the cursor for a token of the service; `None` if the token is empty.
fn next_cursor(token: &str) -> Option<String> {
    (!token.is_empty()).then(|| write_cursor(token, 0))
}

/// A page of a list as a Relay connection. async-graphql's own connections have no description.
pub struct Connection<T: OutputType, F> {
    page_info: PageInfo,
    edges: Vec<Edge<T>>,
    fields: F,
}

/// An item and its place in the list.
#[derive(SimpleObject)]
#[graphql(name_type)]
pub struct Edge<T: OutputType> {
    /// Cursor of the item: given as `after`, it selects the page behind the item.
    cursor: String,
    /// The item.
    node: T,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

impl<T: OutputType, F: ObjectType> TypeName for Connection<T, F> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

#[expect(clippy::unused_async, reason = "the macro requires it where it flattens")]
/// A page of a list.
#[Object(name_type)]
impl<T: OutputType, F: ObjectType> Connection<T, F> {
    /// Cursors of the page's first and last item, and whether there are items beyond them.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// The items, each with its place in the list.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The items.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    #[graphql(flatten)]
    async fn fields(&self) -> &F {
        &self.fields
    }
}

impl<M, T, F> From<Listed<M>> for Connection<T, F>
where
    M: PageMessage + Send + Sync + 'static,
    M::Item: Send + Sync + 'static,
    T: OutputType + From<Part<M::Item>>,
    F: for<'a> From<&'a M>,
{
    fn from(listed: Listed<M>) -> Self {
        let tokens = listed.tokens();
        let edge = |(index, node)| Edge { cursor: listed.cursor(index, tokens), node };
        let edges: Vec<_> = listed.parts().enumerate().map(edge).collect();
        let page_info = PageInfo {
            has_previous_page: listed.has_previous(),
            has_next_page: listed.items().len() > edges.len() || !tokens.next.is_empty(),
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        let fields = F::from(&listed);
        Self { page_info, edges, fields }
    }
}

fn write_cursor(token: &str, skip: i32) -> String {
    URL_SAFE_NO_PAD.encode(format!("{skip}:{token}"))
}

fn read_cursor(cursor: &str) -> Option<(String, i32)> {
    if cursor.len() > MAX_CURSOR {
        return None;
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (skip, token) = text.split_once(':')?;
    let skip: i32 = skip.parse().ok().filter(|skip| *skip >= 0)?;
    Some((token.to_owned(), skip))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A page of a list of numbers.
    #[derive(Debug, Default)]
    struct Numbers {
        list: Vec<u32>,
        next: String,
        tokens: Vec<String>,
    }

    impl PageMessage for Numbers {
        type Item = u32;

        fn items(&self) -> &[u32] {
            &self.list
        }

        fn tokens(&self) -> PageTokens<'_> {
            PageTokens { next: &self.next, items: &self.tokens }
        }

        fn total_size(&self) -> i32 {
            0
        }
    }

    /// A number as an item of a connection.
    #[derive(SimpleObject)]
    struct Number {
        value: u32,
    }

    impl From<Part<u32>> for Number {
        fn from(number: Part<u32>) -> Self {
            Self { value: *number }
        }
    }

    /// No further fields.
    struct Nothing;

    impl From<&Numbers> for Nothing {
        fn from(_: &Numbers) -> Self {
            Self
        }
    }

    #[test]
    fn a_cursor_leads_behind_its_item() {
        let listed = Listed::new(Page { size: 10, token: "t".into(), skip: 4 }, Arc::new(Numbers::default()));
        let behind = |tokens| page(5, Some(&listed.cursor(2, tokens)), 20).unwrap();
        let items = ["a", "b", "c"].map(str::to_owned);
        let of_item = Page { size: 5, token: "c".into(), skip: 0 };
        assert_eq!(behind(PageTokens { next: "c", items: &items }), of_item);
        // The service gives its items no tokens here.
        let counted = Page { size: 5, token: "t".into(), skip: 7 };
        assert_eq!(behind(PageTokens::default()), counted);
    }

    #[test]
    fn an_invalid_page_is_bad_input_that_says_what_is_wrong() {
        for (first, after) in [(-1, None), (21, None), (5, Some("x")), (5, Some("LTE6dA"))] {
            assert_eq!(page(first, after, 20).unwrap_err().code().as_str(), "BAD_USER_INPUT");
        }
        let end = page(5, Some(&write_cursor("", i32::MAX)), 20).unwrap();
        for (page, skip, problem) in
            [(end, 1, "leads past the end"), (page(5, None, 20).unwrap(), -1, "must not be negative")]
        {
            let Err(Error::Client(error)) = further(page, skip) else { panic!("{skip} is taken") };
            assert!(error.message.contains(problem), "{}", error.message);
        }
    }

    /// Returns a page of a list of numbers, as a service that gives its items tokens responds.
    fn listed(list: &BTreeSet<u32>, page: &Page) -> Numbers {
        let after = page.token.parse().map_or(0, |last: u32| last + 1);
        let mut numbers: Vec<u32> = list.range(after..).copied().collect();
        numbers.drain(..usize::try_from(page.skip).unwrap().min(numbers.len()));
        let size = usize::try_from(page.sent_size()).unwrap();
        let is_last = numbers.len() <= size;
        numbers.truncate(size);
        let tokens: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        let next = tokens.last().filter(|_| !is_last).cloned().unwrap_or_default();
        Numbers { list: numbers, next, tokens }
    }

    #[test]
    fn no_item_is_returned_twice_or_left_out_on_two_thousand_walks_while_items_come_and_go() {
        let mut seed = 1_u64;
        let mut roll = move |most: u32| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            u32::try_from(seed >> 33).unwrap() % most
        };
        for _ in 0..2_000 {
            let mut list: BTreeSet<u32> = (0..=roll(40)).map(|_| roll(1_000)).collect();
            let mut throughout = list.clone();
            let (mut told, mut after): (Vec<u32>, Option<String>) = (Vec::new(), None);
            loop {
                let first = i32::try_from(1 + roll(6)).unwrap();
                let page = page(first, after.as_deref(), 10).unwrap();
                let numbers = Arc::new(listed(&list, &page));
                let connection = Connection::<Number, Nothing>::from(Listed::new(page, numbers));
                let Some(end) = u32::try_from(connection.edges.len()).unwrap().checked_sub(1) else { break };
                let end = usize::try_from(if roll(2) == 0 { roll(end + 1) } else { end }).unwrap();
                told.extend(connection.edges[..=end].iter().map(|edge| edge.node.value));
                if !connection.page_info.has_next_page && end + 1 == connection.edges.len() {
                    break;
                }
                after = Some(connection.edges[end].cursor.clone());
                for _ in 0..roll(4) {
                    let number = roll(1_000);
                    if list.contains(&number) || roll(3) == 0 {
                        list.remove(&number);
                        throughout.remove(&number);
                    } else {
                        list.insert(number);
                    }
                }
            }
            assert!(told.is_sorted_by(|one, next| one < next), "told twice: {told:?}");
            assert!(throughout.iter().all(|number| told.contains(number)), "{throughout:?} of {told:?}");
        }
    }
}
