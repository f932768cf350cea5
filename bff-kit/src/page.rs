//! Pages of a list: Relay's `first` and `after` on one side, AIP-158's `page_size`, `page_token` and `skip` on
//! the other.

use std::borrow::Cow;

use async_graphql::connection::PageInfo;
use async_graphql::{Object, ObjectType, OutputType, SimpleObject, TypeName};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Error;

/// Longest cursor that is read, in bytes.
const MAX_CURSOR: usize = 2048;

/// A page to ask a service for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Page {
    /// Items on the page, at most.
    pub size: i32,
    /// Where the page before it ended, in the service's words; empty at the beginning.
    pub token: String,
    /// Items to pass over, counted from the token.
    pub skip: i32,
}

impl Page {
    /// The page that `first` and `after` ask for. `first` lies between 1 and `max`, `after` is the cursor of an
    /// item: anything else is `BAD_USER_INPUT`.
    pub fn of(first: i32, after: Option<&str>, max: i32) -> Result<Self, Error> {
        if !(1..=max).contains(&first) {
            return Err(Error::bad_input("first", format!("must lie between 1 and {max}")));
        }
        match after {
            None => Ok(Self { size: first, token: String::new(), skip: 0 }),
            Some(cursor) => {
                let (token, skip) = read_cursor(cursor)
                    .ok_or_else(|| Error::bad_input("after", "not a cursor of this list"))?;
                Ok(Self { size: first, token, skip })
            }
        }
    }

    /// The same page, so many items further on.
    pub fn further(self, items: i32) -> Result<Self, Error> {
        let skip = self.skip.checked_add(items).filter(|_| items >= 0);
        let skip = skip.ok_or_else(|| Error::bad_input("skip", "must not be negative"))?;
        Ok(Self { skip, ..self })
    }

    /// Whether items lie before this page.
    #[must_use]
    pub fn has_previous(&self) -> bool {
        !self.token.is_empty() || self.skip > 0
    }

    /// The cursor of the item at `index` of this page: what `after` takes to go on behind it.
    #[must_use]
    pub fn cursor(&self, index: usize) -> String {
        let behind = i32::try_from(index).unwrap_or(i32::MAX).saturating_add(1);
        write_cursor(&self.token, self.skip.saturating_add(behind))
    }

    /// What `after` takes for the next page, by the token the service gave for it; none on the last page.
    #[must_use]
    pub fn next_cursor(next_token: &str) -> Option<String> {
        (!next_token.is_empty()).then(|| write_cursor(next_token, 0))
    }

    /// The cursor of the end of this page: the service's own token where it gave one, since that stays right
    /// when items come and go.
    fn end_cursor(&self, length: usize, next_token: &str) -> Option<String> {
        Self::next_cursor(next_token).or_else(|| length.checked_sub(1).map(|last| self.cursor(last)))
    }
}

/// A page of a list, as Relay has it. async-graphql's own connections have no description.
pub struct Connection<T: OutputType, F> {
    page_info: PageInfo,
    edges: Vec<Edge<T>>,
    fields: F,
}

/// An item and its place in the list.
#[derive(SimpleObject)]
#[graphql(name_type)]
pub struct Edge<T: OutputType> {
    /// What `after` takes to go on behind this item.
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

#[expect(clippy::unused_async, reason = "the macro asks for it where it flattens")]
/// A page of a list.
#[Object(name_type)]
impl<T: OutputType, F: ObjectType> Connection<T, F> {
    /// Where the page begins and ends, and whether there are others.
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

impl Page {
    /// This page as a connection: `items` as the service answered them, with its token of the next page, and
    /// fields of the connection's own.
    pub fn connection<T: OutputType, F>(
        &self,
        items: Vec<T>,
        next_token: &str,
        fields: F,
    ) -> Connection<T, F> {
        let last = items.len().saturating_sub(1);
        let end = self.end_cursor(items.len(), next_token);
        let edge = |(index, node)| {
            let cursor = if index == last { end.clone() } else { None };
            Edge { cursor: cursor.unwrap_or_else(|| self.cursor(index)), node }
        };
        let edges: Vec<_> = items.into_iter().enumerate().map(edge).collect();
        let page_info = PageInfo {
            has_previous_page: self.has_previous(),
            has_next_page: !next_token.is_empty(),
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Connection { page_info, edges, fields }
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
    use super::*;

    #[test]
    fn a_cursor_leads_behind_its_item() {
        let page = Page { size: 10, token: "t".into(), skip: 4 };
        let next = Page::of(5, Some(&page.cursor(2)), 20).unwrap();
        assert_eq!(next, Page { size: 5, token: "t".into(), skip: 7 });
    }

    #[test]
    fn what_is_not_a_page_is_bad_input() {
        for (first, after) in [(0, None), (-1, None), (21, None), (5, Some("x")), (5, Some("LTE6dA"))] {
            assert_eq!(Page::of(first, after, 20).unwrap_err().code().as_str(), "BAD_USER_INPUT");
        }
    }
}
