//! Size of a parsed document with its fragments expanded, measured without expanding them.

use std::collections::HashMap;

use crate::call_graph::MAX_NESTING;
use crate::document::{Document, Selection, SelectionSet};

/// Size of a document. The counts saturate, so that a fragment bomb cannot overflow them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DocumentSize {
    /// Depth of nested fields, without those below `__schema` and `__type`.
    pub(super) depth: u64,
    /// Number of fields, inline fragments and fragment spreads.
    pub(super) selections: u64,
    pub(super) aliases: u64,
    pub(super) directives: u64,
    /// Number of fields at the root.
    pub(super) root_fields: u64,
    /// Depth of nested selections.
    nesting: usize,
}

/// Error for a document without a size, because its selections nest deeper than [`MAX_NESTING`] with its fragments
/// expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooDeep;

/// Measures all operations of a document together. Each fragment is measured once. A fragment that spreads itself,
/// which is not valid, counts as empty within itself.
pub(super) fn measure(document: &Document) -> Result<DocumentSize, TooDeep> {
    let mut measure = Measure { document, fragments: HashMap::new() };
    let mut size = DocumentSize::default();
    for operation in &document.operations {
        size.add(measure.set(&operation.selections, 0)?);
        let of_variables = operation.variables.iter().map(|it| it.directives.len());
        size.add_directives(operation.directives.len() + of_variables.sum::<usize>());
    }
    for fragment in &document.fragments {
        size.add_directives(fragment.directives.len());
        // An unused fragment is not valid, but validation walks it before that is known.
        measure.fragment(&fragment.name.node, 0)?;
    }
    Ok(size)
}

struct Measure<'a> {
    document: &'a Document,
    /// Size of each fragment reached so far, by name; `None` while the fragment is being measured.
    fragments: HashMap<&'a str, Option<DocumentSize>>,
}

impl<'a> Measure<'a> {
    fn set(&mut self, set: &'a SelectionSet, level: usize) -> Result<DocumentSize, TooDeep> {
        if level > MAX_NESTING {
            return Err(TooDeep);
        }
        let mut size = DocumentSize::default();
        for selection in &set.items {
            let mut own = match selection {
                Selection::Field(field) => {
                    let below = match &field.selections {
                        Some(set) => self.set(set, level + 1)?,
                        None => DocumentSize::default(),
                    };
                    let introspects = matches!(field.name.node.as_str(), "__schema" | "__type");
                    DocumentSize {
                        depth: if introspects { 1 } else { below.depth + 1 },
                        aliases: below.aliases.saturating_add(u64::from(field.alias.is_some())),
                        root_fields: 1,
                        ..below
                    }
                }
                Selection::Inline(fragment) => self.set(&fragment.selections, level + 1)?,
                Selection::Spread(spread) => self.fragment(&spread.name.node, level + 1)?,
            };
            own.selections = own.selections.saturating_add(1);
            own.nesting += 1;
            own.add_directives(selection.directives().len());
            size.add(own);
        }
        if level + size.nesting > MAX_NESTING {
            return Err(TooDeep);
        }
        Ok(size)
    }

    fn fragment(&mut self, name: &'a str, level: usize) -> Result<DocumentSize, TooDeep> {
        if let Some(known) = self.fragments.get(name) {
            let known = known.unwrap_or_default();
            return if level + known.nesting <= MAX_NESTING { Ok(known) } else { Err(TooDeep) };
        }
        let Some(fragment) = self.document.fragment(name) else { return Ok(DocumentSize::default()) };
        self.fragments.insert(name, None);
        let size = self.set(&fragment.selections, level)?;
        self.fragments.insert(name, Some(size));
        Ok(size)
    }
}

impl DocumentSize {
    fn add(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.nesting = self.nesting.max(other.nesting);
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
    }

    fn add_directives(&mut self, directives: usize) {
        self.directives = self.directives.saturating_add(directives as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::parse::parse;

    fn size(text: &str) -> Result<DocumentSize, TooDeep> {
        measure(&parse(text).unwrap())
    }

    /// Returns depth, selections, aliases, directives and root fields.
    fn numbers(text: &str) -> [u64; 5] {
        let it = size(text).unwrap();
        [it.depth, it.selections, it.aliases, it.directives, it.root_fields]
    }

    #[test]
    fn small_documents_have_these_sizes() {
        let cases = [
            ("{ a }", [1, 1, 0, 0, 1]),
            ("{ a b: c { d e: f } }", [2, 4, 2, 0, 2]),
            ("{ a @x @y { ... @z { b } } }", [2, 3, 0, 3, 1]),
            ("query ($v: Int @x) @y { a }", [1, 1, 0, 2, 1]),
            ("{ ...F a } fragment F on Q @x { b { c } ...G } fragment G on Q { d:e }", [2, 6, 1, 1, 3]),
            // Each spread counts its fragment again.
            ("{ ...F ...F } fragment F on Q { a:b }", [1, 4, 2, 0, 2]),
            // The operations of a document are counted together.
            ("query A { a } query B { b { c } }", [2, 3, 0, 0, 2]),
            ("{ ...Unknown }", [0, 1, 0, 0, 0]),
            ("{ a { __schema { types { name { x } } } } }", [2, 5, 0, 0, 1]),
        ];
        for (text, expected) in cases {
            assert_eq!(numbers(text), expected, "{text}");
        }
    }

    #[test]
    fn a_fragment_that_is_measured_once_counts_as_if_it_were_written_out() {
        // Chains of fragments that each spread the next `width` times, as inline and as named fragments.
        fn inline(level: usize, width: usize) -> String {
            if level == 0 {
                return "a { b: c @d }".to_owned();
            }
            format!("... on Q {{ {} }} ", inline(level - 1, width)).repeat(width)
        }
        fn named(levels: usize, width: usize) -> String {
            let mut text = format!("{{ {} }}", format!("...F{levels} ").repeat(width));
            for level in 1..=levels {
                let below = match level {
                    1 => "a { b: c @d }".to_owned(),
                    level => format!("...F{} ", level - 1).repeat(width),
                };
                write!(text, " fragment F{level} on Q {{ {below} }}").unwrap();
            }
            text
        }
        for (levels, width) in [(1, 1), (1, 5), (3, 2), (4, 3), (6, 2), (10, 1)] {
            let expanded = size(&format!("{{ {} }}", inline(levels, width)));
            assert_eq!(size(&named(levels, width)), expanded, "{levels} levels, {width} wide");
        }
        assert_eq!(numbers(&named(70, 2))[1], u64::MAX);
        assert_eq!(size(&named(MAX_NESTING, 1)), Err(TooDeep));
    }

    #[test]
    fn circles_end() {
        let cases = [
            ("{ ...A } fragment A on Q { ...A }", [0, 2, 0, 0, 0]),
            ("{ ...A } fragment A on Q { a { ...B } } fragment B on Q { ... { ...A } }", [1, 5, 0, 0, 1]),
            ("{ b } query B { ...A } fragment A on Q { ...A }", [1, 3, 0, 0, 1]),
        ];
        for (text, expected) in cases {
            assert_eq!(numbers(text), expected, "{text}");
        }
        let chain = "{ ...A } fragment A on Q { a { a { a } } ...B } fragment B on Q { b }";
        assert_eq!(numbers(chain), [3, 6, 0, 0, 2]);
    }
}
