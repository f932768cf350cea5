//! Queries of a search for products.

use crate::refusal::Refusal;

/// Words to find, each as the beginning of a word. There is at least one.
#[derive(Debug)]
pub(crate) struct Query {
    words: Vec<String>,
}

impl Query {
    /// Reads the words of a text.
    pub(crate) fn new(text: &str) -> Result<Self, Refusal> {
        // The index reads its query up to the first NUL.
        let words = text.split(|c: char| c.is_whitespace() || c == '\0').filter(|word| !word.is_empty());
        let words: Vec<_> = words.map(str::to_owned).collect();
        if words.is_empty() {
            return Err(Refusal::invalid("QUERY_EMPTY", "query", "contains no word"));
        }
        Ok(Self { words })
    }

    /// The words, as they were written.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// The words that are `T`s, and a query for the others; `None` when there are no others.
    pub(crate) fn split<T>(&self, read: impl Fn(&str) -> Option<T>) -> (Vec<T>, Option<Self>) {
        let words: Vec<_> = self.words.iter().filter(|word| read(word).is_none()).cloned().collect();
        let others = (!words.is_empty()).then_some(Self { words });
        (self.words.iter().filter_map(|word| read(word)).collect(), others)
    }
}
