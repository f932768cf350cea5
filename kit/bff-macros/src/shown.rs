//! `#[derive(Shown)]`: the rows of an object that holds the values of its fields.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Fields, ItemStruct, Meta, Result, Token};

use crate::object::field::row_name;
use crate::object::row::{Row, rows};

type Words = Punctuated<Meta, Token![,]>;

pub(crate) fn expand(item: &ItemStruct) -> Result<TokenStream> {
    let Fields::Named(fields) = &item.fields else {
        return Err(Error::new_spanned(item, "an object has named fields"));
    };
    if !item.generics.params.is_empty() {
        let message =
            "an object with parameters has no rows that could be derived: write `impl Shown` for it";
        return Err(Error::new_spanned(&item.generics, message));
    }
    for words in item.attrs.iter().filter(|it| it.path().is_ident("graphql")) {
        let words: Words = words.parse_args_with(Words::parse_terminated)?;
        let known = ["directive", "name"];
        if let Some(other) = words.iter().find(|it| known.iter().all(|known| !it.path().is_ident(known))) {
            let message = "async-graphql alone knows what this does to the fields: write `impl Shown for … {}`, and their \
                           resolvers run";
            return Err(Error::new_spanned(other, message));
        }
    }
    let row = |field: &syn::Field| {
        let words = field.attrs.iter().filter(|it| it.path().is_ident("graphql"));
        let words: Vec<TokenStream> = words.map(Attribute::parse_args).collect::<Result<_>>().ok()?;
        let name = field.ident.as_ref()?;
        Some((row_name(name, &words)?, Row::held(&field.ty, &quote!(self.#name))))
    };
    Ok(rows(&item.ident, &fields.named.iter().map(row).collect::<Vec<_>>()))
}
