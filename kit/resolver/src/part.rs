//! Messages, and parts of them, as the objects of a schema hold them.

use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A message, or a message within another one. It shares the whole message, and is cheap to clone.
pub struct Part<M>(Kind<M>);

enum Kind<M> {
    Whole(Arc<M>),
    Item(Arc<dyn List<M>>, usize),
}

/// A list of messages within another message.
trait List<M>: Send + Sync {
    fn item(&self, index: usize) -> &M;
}

/// The list that a function selects from a message.
struct Selected<W, M> {
    whole: W,
    select: fn(&W) -> &[M],
}

impl<W: Send + Sync, M> List<M> for Selected<W, M> {
    fn item(&self, index: usize) -> &M {
        &(self.select)(&self.whole)[index]
    }
}

impl<M: Send + Sync + 'static> Part<M> {
    /// Returns the items of the list that `select` returns.
    pub fn items<W: Send + Sync + 'static>(whole: W, select: fn(&W) -> &[M]) -> impl Iterator<Item = Self> {
        let length = select(&whole).len();
        let list: Arc<dyn List<M>> = Arc::new(Selected { whole, select });
        (0..length).map(move |index| Self(Kind::Item(list.clone(), index)))
    }
}

impl<M> Deref for Part<M> {
    type Target = M;

    fn deref(&self) -> &M {
        match &self.0 {
            Kind::Whole(message) => message,
            Kind::Item(list, index) => list.item(*index),
        }
    }
}

impl<M> Clone for Part<M> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Kind::Whole(message) => Kind::Whole(message.clone()),
            Kind::Item(list, index) => Kind::Item(list.clone(), *index),
        })
    }
}

impl<M: fmt::Debug> fmt::Debug for Part<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

impl<M> From<Arc<M>> for Part<M> {
    fn from(message: Arc<M>) -> Self {
        Self(Kind::Whole(message))
    }
}

/// A field of a message in the form in which functions take it: strings and lists by reference, numbers by value.
pub trait AsArgument {
    /// The form.
    type Argument<'a>
    where
        Self: 'a;

    /// Returns the field in this form.
    fn as_argument(&self) -> Self::Argument<'_>;
}

macro_rules! by_value {
    ($($type:ty),*) => {$(
        impl AsArgument for $type {
            type Argument<'a> = Self;

            fn as_argument(&self) -> Self {
                *self
            }
        }
    )*};
}

by_value!(bool, i32, i64, u32, u64, f32, f64);

impl AsArgument for String {
    type Argument<'a> = &'a str;

    fn as_argument(&self) -> &str {
        self
    }
}

impl<T> AsArgument for Option<T> {
    type Argument<'a>
        = Option<&'a T>
    where
        T: 'a;

    fn as_argument(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl<T> AsArgument for Vec<T> {
    type Argument<'a>
        = &'a [T]
    where
        T: 'a;

    fn as_argument(&self) -> &[T] {
        self
    }
}

impl<K, V, S> AsArgument for HashMap<K, V, S> {
    type Argument<'a>
        = &'a Self
    where
        Self: 'a;

    fn as_argument(&self) -> &Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_of_an_item_is_the_item_itself() {
        let whole = Arc::new(vec![vec!["a".to_owned()], vec!["b".to_owned(), "c".to_owned()]]);
        let lists: Vec<Part<Vec<String>>> = Part::items(whole, |whole| whole).collect();
        let items: Vec<Part<String>> = Part::items(lists[1].clone(), |list| list).collect();
        assert_eq!(items.iter().map(|item| item.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    }
}
