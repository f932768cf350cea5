//! Calls of a written resolver, in the words of the other fields: `fetch(StockOf(input))`, `send(AddToCart(input))`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Expr, ExprCall, Ident, Result};

use super::field::Field;
use super::source::Key;
use super::target::Object;
use crate::types::text;
use crate::words::{self, Words};

/// The value of a field whose calls fail.
pub(crate) enum Fallback {
    Null,
    Empty,
}

impl Fallback {
    pub(crate) fn of(value: &Expr) -> Result<Self> {
        match value {
            Expr::Path(path) if path.path.is_ident("null") => Ok(Self::Null),
            Expr::Array(list) if list.elems.is_empty() => Ok(Self::Empty),
            other => Err(Error::new_spanned(other, "a field falls back to `null` or `[]`")),
        }
    }

    pub(crate) fn directive(&self) -> TokenStream {
        let text = match self {
            Self::Null => "null",
            Self::Empty => "[]",
        };
        quote!(.or(#text))
    }
}

/// One call.
pub(crate) struct Step {
    kind: Ident,
    key: Expr,
    reads: Vec<Ident>,
    best_effort: bool,
    coalesced: bool,
    /// Number of keys of which the field makes one value.
    each: Option<Expr>,
}

/// Names of steps.
pub(crate) const STEPS: [&str; 4] = ["fetch", "then", "send", "send_later"];

impl Step {
    pub(crate) fn of(call: &ExprCall) -> Result<Self> {
        let mut words = Words::within(call);
        let missing = || Error::new_spanned(call, "which fetch or command? Write `fetch(StockOf(id))`");
        let key = words.first().ok_or_else(missing)?;
        let (best_effort, coalesced) = (words.flag("best_effort"), words.flag("coalesced"));
        let (reads, each) = (words.calls(&["reads"]), words.value("each"));
        let reads = reads.iter().flat_map(|reads| &reads.args).map(words::ident).collect::<Result<_>>()?;
        words.finish()?;
        Ok(Self { kind: words::ident(&call.func)?, key, reads, best_effort, coalesced, each })
    }
}

/// Returns the directive for these steps; nothing if there are none.
pub(crate) fn directive(
    steps: &[Step],
    fallback: Option<&Fallback>,
    field: &Field<'_>,
    object: &Object,
) -> Result<Option<TokenStream>> {
    if steps.is_empty() {
        return Ok(None);
    }
    let mut code = TokenStream::new();
    for (index, step) in steps.iter().enumerate() {
        let Key { fetch, by, .. } = Key::of(&step.key, field, object)?;
        code.extend(match (step.kind.to_string().as_str(), index) {
            ("fetch", 0) => quote!(::bff_kit::schema::fetch::<#fetch>([#(#by),*])),
            ("send", 0) => quote!(::bff_kit::schema::send::<#fetch>([#(#by),*])),
            ("then", 1..) => {
                // Its multiplicity is that of the step before, and not that of the object.
                if by.iter().any(|source| source.starts_with("parent.")) {
                    let message = "a call that follows another has its keys from there, from arguments and from the user";
                    return Err(Error::new_spanned(&step.key, message));
                }
                if by.is_empty() {
                    quote!(.then::<#fetch>())
                } else {
                    quote!(.then_with::<#fetch>([#(#by),*]))
                }
            }
            ("send", _) => quote!(.then_send::<#fetch>([#(#by),*])),
            ("send_later", 1..) => quote!(.then_send_later::<#fetch>([#(#by),*])),
            (kind, _) => {
                let message = format!("`{kind}` cannot stand here: begin with `fetch` or `send`, go on with `then`, `send` or `send_later`");
                return Err(Error::new(step.kind.span(), message));
            }
        });
        let reads: Vec<_> = step.reads.iter().map(text).collect();
        if !reads.is_empty() {
            code.extend(match step.kind.to_string().as_str() {
                "fetch" | "then" => quote!(.reading_of::<#fetch>([#(#reads),*])),
                _ => quote!(.reading([#(#reads),*])),
            });
        }
        code.extend(step.each.as_ref().map(|most| quote!(.each(#most))));
        code.extend(step.best_effort.then(|| quote!(.best_effort())));
        code.extend(step.coalesced.then(|| quote!(.coalesced())));
    }
    let fallback = fallback.map(Fallback::directive);
    Ok(Some(quote!(::bff_kit::schema::fetches::apply(#code #fallback))))
}
