//! `#[object]`: a type of the schema whose fields say where their values come from.

mod argument;
mod fetched;
pub(crate) mod field;
mod read;
mod resolved;
pub(crate) mod row;
mod source;
mod steps;
mod target;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Error, Fields, ItemStruct, Result};

use crate::words::{Words, attribute};
use fetched::Fetched;
use field::{Field, Method};
use read::Read;
use resolved::Resolved;
use target::Object;

pub(crate) fn expand(words: Words, item: &ItemStruct) -> Result<TokenStream> {
    let Fields::Named(fields) = &item.fields else {
        return Err(Error::new_spanned(
            &item.ident,
            "an object has named fields: those of the type in the schema",
        ));
    };
    let object = Object::of(words)?;
    let fields = fields.named.iter().map(Field::of).collect::<Result<Vec<_>>>()?;
    let (mut methods, mut rows) = (Vec::new(), Vec::new());
    for field in &fields {
        let method = method(field, &object)?;
        methods.push(field.code(&method));
        rows.push(field.row_name().zip(method.row));
    }
    let rows = row::rows(&item.ident, &rows);
    let (docs, kept): (Vec<_>, Vec<_>) = item.attrs.iter().partition(|it| it.path().is_ident("doc"));
    let (directives, kept) = requirement(&kept)?;
    let definition = object.definition(item, &docs, &kept);
    let (name, attributes) = (&item.ident, directives.map(|it| quote!((#it))));
    Ok(quote! {
        #definition
        #(#docs)*
        #[::async_graphql::Object #attributes]
        #[allow(clippy::unused_async, reason = "async-graphql wants resolvers to be async")]
        impl #name {
            #(#methods)*
        }
        #rows
    })
}

/// Returns the directive of a `#[requires(…)]` on the type, and the attributes that are left.
fn requirement<'a>(attributes: &[&'a Attribute]) -> Result<(Option<TokenStream>, Vec<&'a Attribute>)> {
    let (requires, kept): (Vec<_>, Vec<_>) =
        attributes.iter().copied().partition(|it| it.path().is_ident("requires"));
    let requires = attribute(requires, "requires")?.map(field::requirement).transpose()?;
    Ok((requires.map(|it| quote!(directive = #it)), kept))
}

/// Returns the resolver of a field.
fn method(field: &Field<'_>, object: &Object) -> Result<Method> {
    let words = Words::of(field.source)?;
    if field.source.path().is_ident("read") {
        Read::of(words)?.method(field, object)
    } else if field.source.path().is_ident("fetch") {
        Fetched::of(words)?.method(field, object)
    } else {
        Resolved::of(words)?.method(field, object)
    }
}
