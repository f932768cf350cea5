//! Keys and functions of a field: the values they take, and the sources of those.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Error, Expr, Ident, Path, Result};

use super::field::Field;
use super::target::Object;
use crate::words::{is_ident, value_name};

/// The key of a fetch, as a field writes it: `StockOf(self.id)`.
pub(crate) struct Key {
    /// The fetch.
    pub(crate) fetch: Path,
    /// The value of the key, in the body of a resolver.
    pub(crate) value: TokenStream,
    /// Sources of its parts.
    pub(crate) by: Vec<String>,
    /// True if the key has a page.
    pub(crate) page: bool,
    /// True if the key has the id of the user.
    pub(crate) user: bool,
}

/// The parts of keys, as they are met.
struct Parts<'a> {
    field: &'a Field<'a>,
    object: &'a Object,
    by: Vec<String>,
    page: bool,
    user: bool,
}

impl Key {
    pub(crate) fn of(key: &Expr, field: &Field<'_>, object: &Object) -> Result<Self> {
        let mut parts = Parts { field, object, by: Vec::new(), page: false, user: false };
        let (fetch, value) = match key {
            Expr::Path(path) => (path.path.clone(), quote!(#path)),
            Expr::Call(call) => {
                let Expr::Path(fetch) = &*call.func else {
                    return Err(Error::new_spanned(&call.func, "this is no type of a fetch"));
                };
                let values =
                    call.args.iter().map(|part| parts.converted(part)).collect::<Result<Vec<_>>>()?;
                (fetch.path.clone(), quote_spanned!(fetch.span()=> #fetch(#(#values),*)))
            }
            Expr::Struct(of) => {
                let values = of.fields.iter().map(|part| {
                    let (member, value) = (&part.member, parts.converted(&part.expr)?);
                    Ok(quote!(#member: #value))
                });
                let (fetch, values) = (&of.path, values.collect::<Result<Vec<_>>>()?);
                (fetch.clone(), quote_spanned!(fetch.span()=> #fetch { #(#values),* }))
            }
            other => {
                return Err(Error::new_spanned(
                    other,
                    "write the key of a fetch, such as `PriceOf(self.id)`",
                ));
            }
        };
        Ok(Self { fetch, value, by: parts.by, page: parts.page, user: parts.user })
    }
}

impl Parts<'_> {
    /// Returns a part of a key, converted to the type of the part.
    fn converted(&mut self, part: &Expr) -> Result<TokenStream> {
        let value = self.value(part)?;
        Ok(match part {
            Expr::Field(_) => quote!(::core::convert::Into::into(#value)),
            Expr::Path(path) if path.path.get_ident().is_some_and(|it| it != "page") => {
                quote!(::core::convert::Into::into(#value))
            }
            _ => value,
        })
    }

    fn value(&mut self, part: &Expr) -> Result<TokenStream> {
        match part {
            Expr::Field(of) if is_ident(&of.base, "self") => {
                let syn::Member::Named(path) = &of.member else {
                    return Err(Error::new_spanned(&of.member, "name a field of the message"));
                };
                self.object.need_message(path)?;
                self.add(self.object.source(path));
                Ok(quote!(::bff_kit::AsArgument::as_argument(&self.0.#path)))
            }
            Expr::Path(path) => match value_name(part) {
                Some(name) => self.named(&name),
                None => Ok(quote!(#path)),
            },
            Expr::Call(call) => {
                let function = &call.func;
                let values = call.args.iter().map(|part| self.value(part)).collect::<Result<Vec<_>>>()?;
                Ok(quote!(#function(#(#values),*)))
            }
            Expr::Lit(_) | Expr::Unary(_) => Ok(quote!(#part)),
            other => {
                let message = "a part of a key is a path, an argument, a constant, or a function of these: `products(self.items)`";
                Err(Error::new_spanned(other, message))
            }
        }
    }

    fn named(&mut self, name: &Ident) -> Result<TokenStream> {
        if (name == "page" || name == "user") && self.field.argument(&name.to_string()).is_some() {
            let message = format!("`{name}` in a key is that of the request: give the argument another name");
            return Err(Error::new(name.span(), message));
        }
        if name == "page" {
            self.page = true;
            if self.field.argument("first").is_none() {
                let message =
                    "a page needs an argument: #[arg(first: i32 = 10, \"Items per page, 20 at most.\")]";
                return Err(Error::new(name.span(), message));
            }
            for argument in ["first", "after", "skip"] {
                if self.field.argument(argument).is_some() {
                    self.add(format!("argument.{argument}"));
                }
            }
            return Ok(quote!(::core::clone::Clone::clone(&page)));
        }
        if name == "user" {
            self.user = true;
            self.add("caller".to_owned());
            return Ok(quote!(user));
        }
        let Some(argument) = self.field.argument(&name.to_string()) else {
            let message = format!("there is no argument `{name}`: declare it with #[arg({name}: …, \"…\")]");
            return Err(Error::new(name.span(), message));
        };
        self.add(format!("argument.{}", argument.client_name()));
        Ok(quote!(#name))
    }

    fn add(&mut self, source: String) {
        if !self.by.contains(&source) {
            self.by.push(source);
        }
    }
}

/// A function over paths of a message: `mean(average, review_count)`, or `int` over the paths beside it.
pub(crate) struct Function {
    /// The call.
    pub(crate) value: TokenStream,
    /// Paths that the function takes.
    pub(crate) paths: Vec<Ident>,
    /// True if it takes the context.
    pub(crate) context: bool,
}

impl Function {
    /// Returns the function over the message `of`. `beside` are the paths for a function without arguments.
    pub(crate) fn of(function: &Expr, of: &TokenStream, beside: &[Ident]) -> Result<Self> {
        let path_of = |path: &Ident| quote!(::bff_kit::AsArgument::as_argument(&#of.#path));
        let call = match function {
            Expr::Path(path) => {
                let arguments = beside.iter().map(path_of);
                let value = quote!(#path(#(#arguments),*));
                return Ok(Self { value, paths: beside.to_vec(), context: false });
            }
            Expr::Call(call) if beside.is_empty() => call,
            Expr::Call(call) => {
                let message = "the function names its paths in brackets: write no others beside it";
                return Err(Error::new_spanned(call, message));
            }
            other => {
                return Err(Error::new_spanned(
                    other,
                    "write a function, such as `mean(average, review_count)`",
                ));
            }
        };
        let (mut paths, mut context) = (Vec::new(), false);
        let mut arguments = Vec::new();
        for argument in &call.args {
            let name = value_name(argument);
            arguments.push(match name {
                Some(name) if name == "ctx" => {
                    context = true;
                    quote!(ctx)
                }
                Some(path) => {
                    let value = path_of(&path);
                    paths.push(path);
                    value
                }
                None => quote!(#argument),
            });
        }
        let function = &call.func;
        Ok(Self { value: quote!(#function(#(#arguments),*)), paths, context })
    }
}
