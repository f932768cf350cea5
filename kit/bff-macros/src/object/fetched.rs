//! `#[fetch(…)]`: a field whose value is fetched.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, Expr, Ident, Path, Result, Type};

use super::argument::Argument;
use super::field::{Bounds, Field, Method};
use super::row::{self, Row};
use super::source::{Function, Key};
use super::steps::Fallback;
use super::target::Object;
use crate::types::{inner, text};
use crate::words::{self, Words};

/// Words of `#[fetch(…)]` on a field.
pub(crate) struct Fetched {
    key: Expr,
    take: Option<Ident>,
    with: Option<Expr>,
    known: Option<Expr>,
    /// Keys of the objects that the value names: `ProductById(product_ids)`.
    then: Option<(Path, Ident)>,
    /// Function that returns `None` for those who get null.
    only: Option<Path>,
    fallback: Option<Fallback>,
    bounds: Bounds,
}

impl Fetched {
    pub(crate) fn of(mut words: Words) -> Result<Self> {
        let missing = || Error::new(Span::call_site(), "which key of which fetch? Write `PriceOf(self.id)`");
        let fetched = Self {
            key: words.first().ok_or_else(missing)?,
            take: words.ident("take")?,
            with: words.value("with"),
            known: words.value("known"),
            then: words.value("then").map(|keys| keys_of(&keys)).transpose()?,
            only: words.path("only")?,
            fallback: words.value("or").map(|fallback| Fallback::of(&fallback)).transpose()?,
            bounds: Bounds::of(&mut words)?,
        };
        let made = [fetched.with.is_some(), fetched.known.is_some(), fetched.then.is_some()];
        if made.iter().filter(|is_said| **is_said).count() > 1 {
            return Err(words.error("of `with`, `known` and `then`, a field has one"));
        }
        words.finish()?;
        Ok(fetched)
    }
}

fn keys_of(value: &Expr) -> Result<(Path, Ident)> {
    match value {
        Expr::Call(call) if call.args.len() == 1 => {
            Ok((words::path(&call.func)?.clone(), words::ident(&call.args[0])?))
        }
        _ => Err(Error::new_spanned(value, "write the keys of the objects: `ProductById(product_ids)`")),
    }
}

/// A value in the body of a resolver.
struct Converted {
    value: TokenStream,
    /// True if it is an `Option`.
    optional: bool,
    /// Paths that are read of the message.
    reads: Vec<Ident>,
    /// The items of a list, one by one.
    items: Option<TokenStream>,
}

impl Fetched {
    pub(crate) fn method(&self, field: &Field<'_>, object: &Object) -> Result<Method> {
        let key = Key::of(&self.key, field, object)?;
        let mut directives: Vec<_> = self.bounds.directive(field, object.is_page())?.into_iter().collect();
        if let Some(target) = inner(field.ty, "Ref") {
            if self.take.is_some() || self.with.is_some() || self.known.is_some() || self.then.is_some() {
                let message = "a `Ref` is the object itself: drop `take`, `with`, `known` and `then`";
                return Err(Error::new_spanned(field.ty, message));
            }
            let by = &key.by;
            let fallback = self.fallback.as_ref().map(Fallback::directive);
            let steps = quote!(::bff_kit::schema::hoist::<#target>([#(#by),*]) #fallback);
            directives.insert(0, quote!(::bff_kit::schema::fetches::apply(#steps)));
            return Ok(self.reference(field, target, &key, directives));
        }
        if let (true, Some(Fallback::Empty)) = (self.only.is_some() || key.user, &self.fallback) {
            let message = "the field is null for others than those it is for: write `or = null`";
            return Err(Error::new_spanned(field.ty, message));
        }
        let converted = self.converted(field, &key)?;
        directives.insert(0, self.steps(field, &key, &converted));
        let gate = self.gate(&key);
        let prepared = self.prepared(field, &key);
        let empty = Self::empty(field, &key, &quote!(::core::default::Default::default()));
        let (fetch, value, convert) = (&key.fetch, &key.value, &converted.value);
        let (returns, finished) = self.finished(field, converted.optional)?;
        let body = quote! {
            #gate
            let loaded = async {
                #prepared
                #empty
                let value = ::bff_kit::ContextExt::fetch::<#fetch>(ctx, #value).await?;
                ::core::result::Result::<_, ::bff_kit::Error>::Ok(#convert)
            };
            #finished
        };
        let row = Some(self.row(field, &key, &converted));
        Ok(Method { directives, context: true, returns, body, row })
    }

    /// Returns the field as programs run it.
    fn row(&self, field: &Field<'_>, key: &Key, converted: &Converted) -> Row {
        let (fetch, value, gate, or) = (&key.fetch, &key.value, self.gate(key), self.or());
        let (arguments, prepared, ty) = (field.given(), self.prepared(field, key), field.ty);
        let nothing = Self::empty(field, key, &quote!(::core::option::Option::None));
        let step = quote! {
            run.fetched::<#fetch>(at, |ctx| -> ::bff_kit::Nullable<::core::option::Option<#fetch>> {
                let _ = ctx;
                #gate
                ::core::option::Option::Some((|| {
                    #arguments
                    #prepared
                    #nothing
                    ::core::result::Result::Ok(::core::option::Option::Some(#value))
                })())
            })
        };
        if let (Some((by, path)), Some(target)) = (&self.then, inner(ty, "RefList")) {
            let keys = quote!(value.#path.iter().map(|key| #by(::core::convert::Into::into(key.as_str()))).collect());
            let body = quote! {{
                let step = #step.map(|value| #keys);
                run.references::<#target>(at, step, #or)
            }};
            return Row { is_shown: row::is_shown(target), body };
        }
        // The page of the value is that of its key.
        let page = key.page.then(|| {
            quote! {
                let page = (|| -> ::core::result::Result<_, ::bff_kit::Error> {
                    #arguments
                    #prepared
                    ::core::result::Result::Ok(page)
                })()
                .unwrap_or_default();
            }
        });
        let (of, shown) =
            match (&converted.items, inner(ty, "Vec"), inner(ty, "Option").filter(|_| converted.optional)) {
                (Some(items), Some(item), _) => (item, {
                    let show = row::show(item);
                    quote!(run.list(#items, at, #show))
                }),
                (_, _, Some(of)) => (of, {
                    let (show, value) = (row::show(of), &converted.value);
                    quote!(run.option(#value, at, #show))
                }),
                _ => (ty, {
                    let (show, value) = (row::show(ty), &converted.value);
                    quote!((#show)(#value, at, run))
                }),
            };
        let body = quote! {{
            let step = #step;
            run.finish(at, step, #or, |value, at, run| {
                let ctx = &run.place(at);
                let _ = ctx;
                #page
                #shown
            })
        }};
        Row { is_shown: row::is_shown(of), body }
    }

    /// Returns what the field becomes whose calls fail.
    fn or(&self) -> TokenStream {
        match &self.fallback {
            None => quote!(::bff_kit::program::Or::Error),
            Some(Fallback::Null) => quote!(::bff_kit::program::Or::Null),
            Some(Fallback::Empty) => quote!(::bff_kit::program::Or::Empty),
        }
    }

    /// Returns the directive that declares the calls.
    fn steps(&self, field: &Field<'_>, key: &Key, converted: &Converted) -> TokenStream {
        let (fetch, by) = (&key.fetch, &key.by);
        let reads: Vec<_> = converted.reads.iter().map(text).collect();
        let is_function = self.with.is_some() || self.known.is_some();
        let taking = if is_function { quote!(taking_whole) } else { quote!(taking) };
        let taking = (!reads.is_empty()).then(|| quote!(.#taking::<#fetch>([#(#reads),*])));
        let hoist = inner(field.ty, "RefList").map(|target| quote!(.then_hoist::<#target>()));
        let fallback = self.fallback.as_ref().map(Fallback::directive);
        quote!(::bff_kit::schema::fetches::apply(
            ::bff_kit::schema::fetch::<#fetch>([#(#by),*]) #taking #hoist #fallback
        ))
    }

    /// Returns the resolver of an object that is known by its key.
    fn reference(&self, field: &Field<'_>, target: &Type, key: &Key, directives: Vec<TokenStream>) -> Method {
        let (ty, value, gate) = (field.ty, &key.value, self.gate(key));
        let is_gated = self.only.is_some() || key.user;
        let prepared = self.prepared(field, key);
        let context = is_gated || !field.arguments.is_empty();
        let by = quote! {
            ::bff_kit::Ref::by((|| {
                #prepared
                let key: <#target as ::bff_kit::Loaded>::By = #value;
                ::core::result::Result::<_, ::bff_kit::Error>::Ok(key)
            })())
        };
        let (returns, body) = if is_gated {
            (quote!(::core::option::Option<#ty>), quote!(#gate ::core::option::Option::Some(#by)))
        } else {
            (quote!(#ty), by)
        };
        let arguments = field.given();
        let row = Row {
            is_shown: row::is_shown(target),
            body: quote! {
                run.reference::<#target>(
                    at,
                    |ctx| -> ::bff_kit::Nullable<<#target as ::bff_kit::Loaded>::By> {
                        let _ = ctx;
                        #gate
                        ::core::option::Option::Some((|| {
                            #arguments
                            #prepared
                            let key: <#target as ::bff_kit::Loaded>::By = #value;
                            ::core::result::Result::<_, ::bff_kit::Error>::Ok(key)
                        })())
                    },
                )
            },
        };
        Method { directives, context, returns, body, row: Some(row) }
    }

    /// Returns the statements that end the resolver with null for those whom the field is not for.
    fn gate(&self, key: &Key) -> TokenStream {
        let only = self.only.as_ref().map(|only| quote!(#only(ctx)?;));
        let user = key.user.then(|| {
            quote! {
                let user = ::bff_kit::Reading::scope(ctx).principal().user()?;
            }
        });
        quote!(#only #user)
    }

    /// Returns the statements that read the arguments.
    fn prepared(&self, field: &Field<'_>, key: &Key) -> TokenStream {
        let parsed = field.arguments.iter().map(Argument::parsed);
        let first = field.argument("first").map(|it| &it.name);
        let page = match first {
            Some(first) if !key.page => {
                let most = &self.bounds.most;
                Some(quote! {
                    let #first = ::bff_kit::page(#first, ::core::option::Option::None, #most)
                        .map_err(|error| ::bff_kit::Reading::located(ctx, error))?
                        .size;
                })
            }
            _ => key.page.then(|| self.page(field)),
        };
        quote!(#(#parsed)* #page)
    }

    /// Returns the statements that make the page of the arguments.
    fn page(&self, field: &Field<'_>) -> TokenStream {
        let most = &self.bounds.most;
        let after = field.argument("after").map(|argument| &argument.name);
        let after = after.map_or(quote!(::core::option::Option::None), |name| quote!(#name.as_deref()));
        let further = field.argument("skip").map(|_| {
            quote! {
                let page = ::bff_kit::further(page, skip)
                    .map_err(|error| ::bff_kit::Reading::located(ctx, error))?;
            }
        });
        quote! {
            let page = ::bff_kit::page(first, #after, #most)
                .map_err(|error| ::bff_kit::Reading::located(ctx, error))?;
            #further
        }
    }

    /// Returns the statement that ends early for a list of which no item is wanted, with this value.
    fn empty(field: &Field<'_>, key: &Key, with: &TokenStream) -> Option<TokenStream> {
        let is_list = inner(field.ty, "Vec").is_some() || inner(field.ty, "RefList").is_some();
        field.argument("first").filter(|_| is_list)?;
        let size = if key.page { quote!(page.size) } else { quote!(first) };
        Some(quote! {
            if #size == 0 {
                return ::core::result::Result::Ok(#with);
            }
        })
    }

    /// Returns the value of the field, made of the value of the fetch.
    fn converted(&self, field: &Field<'_>, key: &Key) -> Result<Converted> {
        let ty = field.ty;
        let item = inner(ty, "Vec");
        let plain = |value| Converted { value, optional: false, reads: Vec::new(), items: None };
        if let Some((fetch, path)) = &self.then {
            let keys =
                quote!(value.#path.iter().map(|key| #fetch(::core::convert::Into::into(key.as_str()))));
            return Ok(Converted { reads: vec![path.clone()], ..plain(quote!(#keys.collect::<#ty>())) });
        }
        if let Some(function) = self.with.as_ref().or(self.known.as_ref()) {
            let Function { value, paths, .. } = Function::of(function, &quote!(value), self.take.as_slice())?;
            let known = self.known.is_some();
            let value = if known { quote!(::bff_kit::Reading::known(ctx, #value)) } else { value };
            let optional = known || inner(ty, "Option").is_some();
            return Ok(Converted { value, optional, reads: paths, items: None });
        }
        if let Some(path) = &self.take {
            let reads = vec![path.clone()];
            return Ok(if let Some(item) = item {
                let items = quote!(::bff_kit::Part::items(value, |whole| &whole.#path));
                let items = quote!(#items.map(<#item as ::core::convert::From<_>>::from));
                Converted { reads, items: Some(items.clone()), ..plain(quote!(#items.collect::<#ty>())) }
            } else {
                let value = quote!(::bff_kit::AsArgument::as_argument(&value.#path));
                Converted { reads, ..plain(quote!(<#ty as ::core::convert::From<_>>::from(#value))) }
            });
        }
        Ok(match (key.page, item) {
            (true, Some(item)) => {
                let items = quote!(::bff_kit::Listed::new(page, value).parts::<#item>().collect::<#ty>());
                Converted { items: Some(items.clone()), ..plain(items) }
            }
            (true, None) => {
                plain(quote!(<#ty as ::core::convert::From<_>>::from(::bff_kit::Listed::new(page, value))))
            }
            (false, None) => plain(quote!(<#ty as ::core::convert::From<_>>::from(value))),
            (false, Some(_)) => {
                return Err(Error::new_spanned(ty, "which list of the value? Add `take = items`"));
            }
        })
    }

    /// Returns the type of the resolver, and the end of its body.
    fn finished(&self, field: &Field<'_>, optional: bool) -> Result<(TokenStream, TokenStream)> {
        let ty: &Type = if optional {
            inner(field.ty, "Option").ok_or_else(|| {
                Error::new_spanned(field.ty, "the value may be missing alone: write `Option<…>`")
            })?
        } else {
            field.ty
        };
        let nullable = quote!(::bff_kit::Nullable<#ty>);
        let flat = optional.then(|| quote!(.map(::core::option::Option::flatten)));
        Ok(match (&self.fallback, optional) {
            (None, false) => (nullable, quote!(::bff_kit::OrNull::or_null(loaded.await))),
            (None, true) => (nullable, quote!(::bff_kit::OrNull::or_null(loaded.await)?.transpose())),
            (Some(Fallback::Null), _) => {
                (nullable, quote!(::bff_kit::ContextExt::optional(ctx, loaded.await) #flat .transpose()))
            }
            (Some(Fallback::Empty), _) => (
                quote!(::core::result::Result<#ty, ::bff_kit::Error>),
                quote!(
                    ::bff_kit::ContextExt::optional(ctx, loaded.await)
                        .map(::core::option::Option::unwrap_or_default)
                ),
            ),
        })
    }
}
