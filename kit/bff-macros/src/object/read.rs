//! `#[read(…)]`: a field that shows a part of its object's message.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Expr, Ident, Result, Type};

use super::field::{Bounds, Field, Method};
use super::row::Row;
use super::source::Function;
use super::target::Object;
use crate::types::{inner, text};
use crate::words::Words;

/// Words of `#[read(…)]`.
pub(crate) struct Read {
    paths: Vec<Ident>,
    with: Option<Expr>,
    known: Option<Expr>,
    bounds: Bounds,
}

/// Returns true for a type that a message holds as it is.
fn is_plain(ty: &Type) -> bool {
    let plain = ["bool", "i32", "f64", "String"];
    matches!(ty, Type::Path(path) if plain.iter().any(|it| path.path.is_ident(it)))
}

impl Read {
    pub(crate) fn of(mut words: Words) -> Result<Self> {
        let (with, known, bounds) = (words.value("with"), words.value("known"), Bounds::of(&mut words)?);
        let paths = words.names();
        if with.is_some() && known.is_some() {
            let message =
                "a value is made `with` a function, or by one that may not have `known` it: choose one";
            return Err(words.error(message));
        }
        words.finish()?;
        Ok(Self { paths, with, known, bounds })
    }

    pub(crate) fn method(&self, field: &Field<'_>, object: &Object) -> Result<Method> {
        object.need_message(field.name)?;
        let function = self.with.as_ref().or(self.known.as_ref());
        let function = function.map(|it| Function::of(it, &quote!(self.0), &self.paths)).transpose()?;
        let paths = function.as_ref().map_or(&self.paths, |it| &it.paths);
        let texts = paths.iter().map(text);
        let reads = quote!(::bff_kit::schema::reads::apply([#(#texts),*]));
        let mut directives = if object.is_masked() && !paths.is_empty() { vec![reads] } else { Vec::new() };
        directives.extend(self.bounds.directive(field, object.is_page())?);
        let ty = field.ty;
        let (context, returns, body, row) = match (function, &self.known, inner(ty, "Option")) {
            (Some(Function { value, .. }), Some(_), Some(of)) => {
                let value = quote!(::bff_kit::Reading::known(ctx, #value));
                (true, quote!(#ty), value.clone(), Row::option(of, &value))
            }
            (Some(Function { value, .. }), Some(_), None) => {
                let value = quote!(::bff_kit::Reading::required(ctx, #value));
                let returns = quote!(::core::result::Result<#ty, ::bff_kit::Error>);
                (true, returns, value.clone(), Row::required(ty, &value))
            }
            (Some(Function { value, context, .. }), None, Some(of)) => {
                (context, quote!(#ty), value.clone(), Row::option(of, &value))
            }
            (Some(Function { value, context, .. }), None, None) => {
                (context, quote!(#ty), value.clone(), Row::read(ty, &value))
            }
            (None, ..) => {
                let (returns, body, row) = self.plain(field, object)?;
                (false, returns, body, row)
            }
        };
        Ok(Method { directives, context, returns, body, row: Some(row) })
    }

    /// Returns type, value and row of a field that shows one path as it is.
    fn plain(&self, field: &Field<'_>, object: &Object) -> Result<(TokenStream, TokenStream, Row)> {
        let [path] = self.paths.as_slice() else {
            return Err(Error::new(
                field.name.span(),
                "write one path, or a function of several: `with = label(brand, last_four)`",
            ));
        };
        let ty = field.ty;
        if object.is_page() {
            match text(path).as_str() {
                "items" => {
                    let item = inner(ty, "Vec").unwrap_or(ty);
                    let row = Row::list(item, &quote!(self.0.parts::<#item>()));
                    return Ok((quote!(#ty), quote!(self.0.parts().collect()), row));
                }
                "end_cursor" => {
                    let value = quote!(self.0.end_cursor());
                    return Ok((quote!(#ty), value.clone(), Row::read(ty, &value)));
                }
                "total_size" => {
                    let value = quote!(::bff_kit::PageMessage::total_size(&*self.0));
                    return Ok((quote!(#ty), value.clone(), Row::read(ty, &value)));
                }
                _ => {}
            }
        }
        let value = quote!(::bff_kit::AsArgument::as_argument(&self.0.#path));
        if inner(ty, "Id").is_some() {
            let (id, value) = (syn::parse_quote!(::async_graphql::ID), quote!(<#ty>::of(#value)));
            return Ok((quote!(#id), value.clone(), Row::read(&id, &value)));
        }
        if let Some(item) = inner(ty, "Vec") {
            return Ok(if is_plain(item) {
                let row = Row::read(ty, &quote!(#value.to_vec()));
                (quote!(&[#item]), value, row)
            } else {
                let items = quote!(::bff_kit::Part::items(::core::clone::Clone::clone(&self.0), |whole| &whole.#path));
                let items = quote!(#items.map(<#item as ::core::convert::From<_>>::from));
                (quote!(#ty), quote!(#items.collect()), Row::list(item, &items))
            });
        }
        Ok(match ty {
            Type::Path(path) if path.path.is_ident("String") => {
                let row = Row::text(&value);
                (quote!(&str), value, row)
            }
            ty if is_plain(ty) => {
                let row = Row::read(ty, &value);
                (quote!(#ty), value, row)
            }
            ty => {
                let value = quote!(::core::convert::Into::into(#value));
                (quote!(#ty), value.clone(), Row::read(ty, &value))
            }
        })
    }
}
