//! `#[derive(Fetch)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Error, Expr, ExprAssign, Ident, Path, Result};

use crate::key::{self, Part};
use crate::types::text;
use crate::words::{self, Words, attribute};

/// Words of `#[fetch(…)]` behind the RPC.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the attribute")]
struct Options {
    /// List of keys in the request.
    keys: Option<Ident>,
    /// The one key in the request.
    one: Option<Ident>,
    key: Option<Ident>,
    /// True if values come in the order of the keys.
    in_order: bool,
    /// The field of a value by which it is matched to its key.
    matched_by: Option<Ident>,
    reads: Option<Ident>,
    given: Vec<ExprAssign>,
    changes: Option<Path>,
    at_most: Option<Expr>,
    at_once: Option<Expr>,
    mine: bool,
    public: bool,
    no_side_effects: bool,
    by_status: bool,
    declines: Option<Path>,
}

impl Options {
    /// Returns true if the response is a list of values, without results by key.
    fn is_list(&self) -> bool {
        self.in_order || self.matched_by.is_some()
    }

    fn of(mut words: Words) -> Result<Self> {
        let span = words.span();
        let options = Self {
            keys: words.ident("keys")?,
            one: words.ident("one")?,
            key: words.ident("key")?,
            in_order: words.flag("in_order"),
            matched_by: words.ident("matched_by")?,
            reads: words.ident("reads")?,
            given: words::assigned(&words.calls(&["given"]))?,
            changes: words.path("changes")?,
            at_most: words.value("at_most"),
            at_once: words.value("at_once"),
            mine: words.flag("mine"),
            public: words.flag("public"),
            no_side_effects: words.flag("no_side_effects"),
            by_status: words.flag("by_status"),
            declines: words.path("declines")?,
        };
        words.finish()?;
        if let (None, Some(most)) = (&options.keys, &options.at_most) {
            return Err(Error::new_spanned(
                most,
                "only an RPC with a list of keys takes several: add `keys = ids`",
            ));
        }
        if let (true, Some(by)) = (options.in_order, &options.matched_by) {
            let message =
                "values are told apart by their order or by a field: drop `in_order` or `matched_by`";
            return Err(Error::new(by.span(), message));
        }
        match (&options.keys, &options.one) {
            (None, _) if options.is_list() => {
                let at = options.matched_by.as_ref().or(options.one.as_ref()).map_or(span, Ident::span);
                Err(Error::new(at, "which field of the request holds the keys? Add `keys = ids`"))
            }
            (Some(_), Some(one)) => {
                Err(Error::new(one.span(), "an RPC takes a list of keys or one: drop `keys` or `one`"))
            }
            _ => Ok(options),
        }
    }
}

/// A fetch to write.
struct Derived<'a> {
    name: &'a Ident,
    method: &'a Path,
    options: Options,
    parts: Vec<Part>,
}

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let which = || {
        let message =
            "name the RPC that loads it: #[fetch(pricing_service::BatchGetPrices, keys = product_ids)]";
        Error::new_spanned(&input.ident, message)
    };
    let mut words = Words::of(attribute(&input.attrs, "fetch")?.ok_or_else(which)?)?;
    let method = words::path(&words.first().ok_or_else(which)?)?.clone();
    let (options, parts) = (Options::of(words)?, key::parts(input)?);
    let Options { keys, one, .. } = &options;
    if let Some(part) = parts.iter().find(|part| part.field.is_none() && keys.is_none() && one.is_none()) {
        let message = "which field of the request holds the key? Add `keys = ids` to #[fetch(…)] if the RPC takes a list \
                       of keys, `one = id` if it takes one";
        return Err(Error::new_spanned(&part.ty, message));
    }
    if let (Some(one), Some(_)) = (one, parts.iter().find_map(|part| part.field.as_ref())) {
        return Err(Error::new(one.span(), "named fields are those of the request already: drop `one`"));
    }
    if let Some(keys) = keys.as_ref().or(one.as_ref()).filter(|_| parts.is_empty()) {
        return Err(Error::new(keys.span(), "the struct has no field, so there is no key to put here"));
    }
    let derived = Derived { name: &input.ident, method: &method, options, parts };
    let traits = key::traits(derived.name, &derived.parts);
    let (fetch, keyed) = (derived.fetch()?, derived.keyed()?);
    let name = derived.name;
    // Evaluated here, so that a contradiction of the contract is an error of this fetch, and not of the code that uses it.
    let checked = quote! {
        const _: () = ::fetch::check::<#name>();
    };
    Ok(quote!(#traits #fetch #keyed #checked))
}

impl Derived<'_> {
    /// Returns the trait that gives the value of a response.
    fn loads(&self) -> TokenStream {
        let method = self.method;
        if self.options.is_list() {
            quote!(<#method as ::fetch::Many>)
        } else if self.options.keys.is_some() {
            quote!(<#method as ::fetch::Batch>)
        } else {
            quote!(<#method as ::fetch::Single>)
        }
    }

    fn fetch(&self) -> Result<TokenStream> {
        let Self { name, method, options, parts } = self;
        let Options { keys, one, mine, public, no_side_effects, by_status, declines, .. } = options;
        let (loads, own_name) = (self.loads(), name.to_string());
        let by_status = by_status.then(|| quote!(.by_status()));
        let declines = declines.as_ref().map(|reason| quote!(.declines(#reason)));
        let at_once = options.at_once.as_ref().map(|most| quote!(const AT_ONCE: usize = #most;));
        let at_most = options.at_most.as_ref().map_or(quote!(None), |most| quote!(Some(#most)));
        let max_keys =
            if keys.is_some() { quote!(::fetch::max_keys::<#method>(#at_most)) } else { quote!(1) };
        let field = keys.as_ref().or(one.as_ref());
        let keys_const = field.map(|field| {
            let field = text(field);
            quote!(const KEYS: &'static str = #field;)
        });
        let first = if options.is_list() {
            quote!(<#method as ::fetch::Many>::FIRST)
        } else {
            quote!(<#method as ::fetch::Method>::FIRST)
        };
        let reads = options.reads.as_ref().map(text).map_or(first, |path| quote!(#path));
        // By this field values are matched to their keys.
        let matched = options.matched_by.as_ref().map(text).into_iter();
        let aliases = key::aliases(parts);
        let batch = match () {
            () if options.is_list() => self.list()?,
            () if keys.is_some() => self.batch(),
            () => self.single(),
        };
        let list = if options.is_list() { quote!("") } else { quote!(<#method as ::fetch::Method>::LIST) };
        let tags = parts.iter().map(|part| part.tag(method, field));
        let changes = self.changes()?;
        Ok(quote! {
            #[automatically_derived]
            impl ::fetch::Fetch for #name {
                const RPC: ::fetch::Rpc = ::fetch::Rpc::of_read::<#method>(#no_side_effects, #public) #by_status #declines;
                const NAME: &'static str = #own_name;
                const MAX_KEYS: usize = #max_keys;
                #at_once
                #keys_const
                const READS: &'static [&'static str] = &[#reads #(, #matched)*];
                const MINE: bool = #mine;
                const LIST: &'static str = #list;
                const MASKED: bool = <#method as ::fetch::Method>::MASKED;
                #aliases
                type Value = ::std::sync::Arc<#loads::Value>;

                async fn batch(keys: &[Self], call: ::fetch::Call<'_>) -> ::fetch::BatchResult<Self> {
                    #batch
                }

                fn tag(&self, value: ::core::option::Option<&Self::Value>, tags: &::fetch::Tags) {
                    #(#tags)*
                    if let ::core::option::Option::Some(value) = value {
                        #loads::entities(value, &mut |kind, id| tags.entity(kind, id));
                    }
                }

                #changes
            }
        })
    }

    /// Returns the function that names the stream of changes.
    fn changes(&self) -> Result<Option<TokenStream>> {
        let Options { changes, key, .. } = &self.options;
        let Some(stream) = changes else { return Ok(None) };
        let (Some(key), [part]) = (key, self.parts.as_slice()) else {
            let message = "which field of a changed value holds the key? Add `key = id` to #[fetch(…)]";
            return Err(Error::new_spanned(stream, message));
        };
        let value = quote!(::fetch::FromField::from_field(value.#key));
        let named = part.field.as_ref().map(|field| quote!(Self { #field: #value }));
        let changed = named.unwrap_or_else(|| quote!(Self(#value)));
        let path = text(key);
        Ok(Some(quote_spanned! {stream.span()=>
            fn changes() -> ::core::option::Option<::fetch::Changes<Self>> {
                let key = |value: <#stream as ::fetch::Single>::Value| #changed;
                ::core::option::Option::Some(::fetch::Changes::of::<#stream>(&[#path], key))
            }
        }))
    }

    fn given(&self, request: &Ident) -> TokenStream {
        let given = self.options.given.iter();
        let given = given.map(|ExprAssign { left, right, .. }| quote!(#request.#left = #right;));
        quote!(#(#given)*)
    }

    /// Returns the body that makes one call for many keys.
    fn batch(&self) -> TokenStream {
        let Self { method, options, parts, .. } = self;
        let field = options.keys.as_ref();
        let (request, sent) = (format_ident!("request"), format_ident!("sent"));
        let given = self.given(&request);
        let (to, from) = match parts.as_slice() {
            [Part { field: None, .. }] => (
                quote!(::fetch::ToField::to_field(&key.0)),
                quote!(Self(::fetch::FromField::from_field(#sent))),
            ),
            parts => {
                let written = parts.iter().map(|part| part.write(&sent, &quote!(key)));
                // Pages first, since all others are moved out of the key.
                let (pages, others): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.is_page);
                let read = pages.into_iter().chain(others).map(|part| part.read(&sent));
                let to = quote!({
                    let mut #sent = <#method as ::fetch::Batch>::Key::default();
                    #(#written)*
                    #sent
                });
                (to, quote!(Self { #(#read),* }))
            }
        };
        quote! {
            call.batch_of::<Self, #method>(
                keys,
                |key| #to,
                |#sent| #from,
                |keys| {
                    let mut #request = <#method as ::fetch::Method>::Request::default();
                    #request.#field = keys;
                    #given
                    #request
                },
            )
            .await
        }
    }

    /// Returns the body that makes one call for many keys, with a list of values in its response.
    fn list(&self) -> Result<TokenStream> {
        let Self { name, method, options, parts } = self;
        let [Part { field: None, .. }] = parts.as_slice() else {
            return Err(Error::new(
                name.span(),
                "the key of such a list is one value: write `struct BookByName(BookName)`",
            ));
        };
        let (field, request) = (options.keys.as_ref(), format_ident!("request"));
        let given = self.given(&request);
        let to = quote!(|key| ::fetch::ToField::to_field(&key.0));
        let request = quote! {
            |keys| {
                let mut #request = <#method as ::fetch::Method>::Request::default();
                #request.#field = keys;
                #given
                #request
            }
        };
        let Some(by) = &options.matched_by else {
            return Ok(quote!(call.in_order_of::<Self, #method, _>(keys, #to, #request).await));
        };
        let key = quote_spanned!(by.span()=> ::core::clone::Clone::clone(&value.#by));
        Ok(quote! {
            call.matched_of::<Self, #method, _>(
                keys,
                #to,
                |value| Self(::fetch::FromField::from_field(#key)),
                #request,
            )
            .await
        })
    }

    /// Returns the body that makes one call for one key.
    fn single(&self) -> TokenStream {
        let Self { method, options, parts, .. } = self;
        let request = format_ident!("request");
        let given = self.given(&request);
        let written = match (parts.as_slice(), &options.one) {
            ([Part { field: None, .. }], Some(field)) => {
                quote!(#request.#field = ::fetch::ToField::to_field(&key.0);)
            }
            (parts, _) => {
                let written = parts.iter().map(|part| part.write(&request, &quote!(key)));
                quote!(#(#written)*)
            }
        };
        let page = parts.iter().find(|part| part.is_page).map(|part| &part.member);
        let skip = page.map_or(
            quote!(|_| 0),
            |page| quote!(|key| ::fetch::Page::dropped::<<#method as ::fetch::Method>::Request>(&key.#page)),
        );
        quote! {
            call.single_of::<Self, #method>(
                keys,
                |key| {
                    let _ = key;
                    let mut #request = <#method as ::fetch::Method>::Request::default();
                    #written
                    #given
                    #request
                },
                #skip,
            )
            .await
        }
    }

    /// Returns the implementation for objects that are known by their keys.
    fn keyed(&self) -> Result<TokenStream> {
        let Self { name, options, parts, .. } = self;
        let loads = self.loads();
        let (key, known) = match (&options.key, parts.as_slice()) {
            (Some(key), [part]) => {
                let (member, path) = (&part.member, text(key));
                let value = quote! {{
                    let mut known = #loads::Value::default();
                    known.#key = ::fetch::ToField::to_field(&self.#member);
                    ::std::sync::Arc::new(known)
                }};
                (quote!(&[#path]), value)
            }
            (Some(key), _) => {
                return Err(Error::new(key.span(), "only a key with one part can be a field of its value"));
            }
            (None, _) if options.mine => (quote!(&[]), quote!(::core::default::Default::default())),
            (None, _) => return Ok(TokenStream::new()),
        };
        Ok(quote! {
            #[automatically_derived]
            impl ::fetch::Keyed for #name {
                const KEY: &'static [&'static str] = #key;

                fn known(&self) -> Self::Value {
                    #known
                }
            }
        })
    }
}
