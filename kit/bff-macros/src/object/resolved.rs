//! `#[resolve(…)]`: a field with a written `async fn`, which declares its reads and calls in the words of other fields.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, Expr, ExprCall, Ident, Result};

use super::argument::Argument;
use super::field::{Bounds, Field, Method};
use super::row::Row;
use super::source::Key;
use super::steps::{self, Fallback, STEPS, Step};
use super::target::Object;
use crate::types::text;
use crate::words::{self, Words};

/// Words of `#[resolve(…)]`.
pub(crate) struct Resolved {
    /// The call of an `async fn` that returns a `Result`, or a value.
    value: Expr,
    /// True if the field is not nullable.
    required: bool,
    reads: Vec<Ident>,
    steps: Vec<Step>,
    /// Function that returns the steps.
    given: Option<ExprCall>,
    fallback: Option<Fallback>,
    bounds: Bounds,
}

impl Resolved {
    pub(crate) fn of(mut words: Words) -> Result<Self> {
        let missing = || Error::new(Span::call_site(), "which function? Write `find(ctx, id)`");
        let reads = words.calls(&["reads"]);
        let resolved = Self {
            value: words.first().ok_or_else(missing)?,
            required: words.flag("required"),
            reads: reads.iter().flat_map(|reads| &reads.args).map(words::ident).collect::<Result<_>>()?,
            steps: words.calls(&STEPS).iter().map(Step::of).collect::<Result<_>>()?,
            given: words.value("steps").map(call).transpose()?,
            fallback: words.value("or").map(|fallback| Fallback::of(&fallback)).transpose()?,
            bounds: Bounds::of(&mut words)?,
        };
        if resolved.required && resolved.fallback.is_some() {
            return Err(words.error("a field that falls back is not `required`: drop one of them"));
        }
        words.finish()?;
        Ok(resolved)
    }
}

fn call(expr: Expr) -> Result<ExprCall> {
    match expr {
        Expr::Call(call) => Ok(call),
        other => Err(Error::new_spanned(other, "call the function, as in `steps(id)`")),
    }
}

impl Resolved {
    pub(crate) fn method(&self, field: &Field<'_>, object: &Object) -> Result<Method> {
        let mut directives = Vec::new();
        if !self.reads.is_empty() && object.is_masked() {
            let paths = self.reads.iter().map(text);
            directives.push(quote!(::bff_kit::schema::reads::apply([#(#paths),*])));
        }
        directives.extend(self.change(field)?);
        directives.extend(steps::directive(&self.steps, self.fallback.as_ref(), field, object)?);
        if let Some(ExprCall { func, args, .. }) = &self.given {
            let sources =
                args.iter().map(|argument| Ok(Key::of(&syn::parse_quote!(Of(#argument)), field, object)?.by));
            let sources: Vec<_> = sources.collect::<Result<Vec<_>>>()?.concat();
            let fallback = self.fallback.as_ref().map(Fallback::directive);
            directives.push(quote!(::bff_kit::schema::fetches::apply(#func(#(#sources),*) #fallback)));
        }
        directives.extend(self.bounds.directive(field, object.is_page())?);
        let (ty, value) = (field.ty, &self.value);
        let Expr::Call(ExprCall { args, .. }) = value else {
            let is_plain = self.steps.is_empty() && field.arguments.is_empty();
            let row = is_plain.then(|| Row::read(ty, &quote!(#value)));
            return Ok(Method {
                directives,
                context: false,
                returns: quote!(#ty),
                body: quote!(#value),
                row,
            });
        };
        let is_ctx = |it: &Expr| matches!(it, Expr::Path(path) if path.path.is_ident("ctx"));
        let context = args.iter().any(is_ctx) || !field.arguments.is_empty();
        let nullable = quote!(::bff_kit::Nullable<#ty>);
        let parsed = field.arguments.iter().map(Argument::parsed);
        let value = quote!(async {
            #(#parsed)*
            #value.await
        });
        let (returns, body) = match (&self.fallback, self.required) {
            (None, false) => (nullable, quote!(::bff_kit::OrNull::or_null(#value.await))),
            (None, true) => (quote!(::core::result::Result<#ty, ::bff_kit::Error>), quote!(#value.await)),
            (Some(Fallback::Null), _) => {
                (nullable, quote!(::bff_kit::ContextExt::optional(ctx, #value.await).transpose()))
            }
            (Some(Fallback::Empty), _) => (
                quote!(::core::result::Result<#ty, ::bff_kit::Error>),
                quote!(::bff_kit::ContextExt::optional(ctx, #value.await).map(::core::option::Option::unwrap_or_default)),
            ),
        };
        let context = context || self.fallback.is_some();
        Ok(Method { directives, context, returns, body, row: None })
    }

    /// Returns the directive of a mutation that is one command, which its input names.
    fn change(&self, field: &Field<'_>) -> Result<Option<TokenStream>> {
        let Expr::Call(ExprCall { func, .. }) = &self.value else { return Ok(None) };
        if !self.steps.is_empty() || !words::is_ident(func, "change") {
            return Ok(None);
        }
        let [Argument { name, ty, .. }] = field.arguments.as_slice() else {
            return Err(Error::new_spanned(func, "a change has one argument: #[arg(input: …, \"…\")]"));
        };
        if name != "input" {
            let message = "the argument of a change is called `input`: errors name its parts so";
            return Err(Error::new(name.span(), message));
        }
        let change = quote!(<#ty as ::bff_kit::Change>);
        let send = quote!(::bff_kit::schema::send::<#change::Command>(#change::BY));
        Ok(Some(quote!(::bff_kit::schema::fetches::apply(#send))))
    }
}
