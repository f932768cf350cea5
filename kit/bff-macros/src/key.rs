//! The parts of a key or command, and the fields of the request that they become.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{
    Data, DeriveInput, Error, Expr, ExprAssign, ExprLit, Fields, Ident, Index, Lit, Member, Result, Type,
};

use crate::types::text;
use crate::words::{self, Words, attribute};

/// A part of a key or command.
pub(crate) struct Part {
    /// The field of the struct.
    pub(crate) member: Member,
    /// The type of the field.
    pub(crate) ty: Type,
    /// The field of the request, unless the part is the only one.
    pub(crate) field: Option<Ident>,
    /// True for a page: three fields of the request.
    pub(crate) is_page: bool,
    /// Names by which clients know the field, or a field of its message, by its path in the request.
    aliases: Vec<(String, String)>,
}

/// Returns the parts of a struct; an error for anything else.
pub(crate) fn parts(input: &DeriveInput) -> Result<Vec<Part>> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "a key is a struct"));
    };
    if let Some(generic) = input.generics.params.first() {
        return Err(Error::new_spanned(generic, "a key has no parameters"));
    }
    let part = |(index, field): (usize, &syn::Field)| {
        let member = field.ident.clone().map_or(Member::Unnamed(Index::from(index)), Member::Named);
        let is_page = last_segment(&field.ty).is_some_and(|it| it == "Page");
        Ok(Part {
            member,
            ty: field.ty.clone(),
            field: field.ident.clone(),
            is_page,
            aliases: client_names(field)?,
        })
    };
    match &data.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() != 1 => {
            Err(Error::new_spanned(fields, "a key with several parts has named fields: those of the request"))
        }
        fields => fields.iter().enumerate().map(part).collect(),
    }
}

/// Returns what `#[key(alias = "country")]` or `#[key(alias(country_code = "country"))]` say.
fn client_names(field: &syn::Field) -> Result<Vec<(String, String)>> {
    let Some(attribute) = attribute(&field.attrs, "key")? else { return Ok(Vec::new()) };
    let mut words = Words::of(attribute)?;
    let name = field.ident.as_ref().map(text).unwrap_or_default();
    let quoted = |value: &Expr| match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.value()),
        other => Err(Error::new_spanned(other, "an alias is a name in quotes")),
    };
    let own = words.value("alias").map(|alias| Ok((name.clone(), quoted(&alias)?)));
    let below = words::assigned(&words.calls(&["alias"]))?;
    let below = below.iter().map(|ExprAssign { left, right, .. }| {
        let path = format!("{name}.{}", text(&words::ident(left)?));
        Ok((path, quoted(right)?))
    });
    let names = own.into_iter().chain(below).collect();
    words.finish()?;
    names
}

pub(crate) fn last_segment(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}

impl Part {
    /// Returns the statements that write the part into the message `to`, taken from the key `from`.
    pub(crate) fn write(&self, to: &Ident, from: &TokenStream) -> TokenStream {
        let Self { member, field, .. } = self;
        let Some(field) = field else { return TokenStream::new() };
        if self.is_page {
            return quote_spanned! {self.ty.span()=> ::fetch::Page::write(&#from.#member, &mut #to); };
        }
        quote_spanned! {field.span()=> #to.#field = ::fetch::ToField::to_field(&#from.#member); }
    }

    /// Returns the part as the field of a struct expression, read back from the message `from`.
    pub(crate) fn read(&self, from: &Ident) -> TokenStream {
        let Self { member, field, .. } = self;
        if self.is_page {
            return quote_spanned!(self.ty.span()=> #member: ::fetch::Page::of(&#from));
        }
        quote!(#member: ::fetch::FromField::from_field(#from.#field))
    }

    /// Returns the statement that tags an answer with the entities which the part identifies. `field` is the field of the
    /// request for a part that is the only one.
    pub(crate) fn tag(&self, method: &syn::Path, field: Option<&Ident>) -> TokenStream {
        let Self { member, .. } = self;
        let Some(name) = self.field.as_ref().or(field).filter(|_| !self.is_page) else {
            return TokenStream::new();
        };
        let name = text(name);
        quote! {
            if let ::core::option::Option::Some(kind) = <#method as ::fetch::Method>::entity(#name) {
                ::fetch::EntityIds::each_id(&self.#member, &mut |id| tags.entity(kind, id));
            }
        }
    }
}

/// Returns the constant that names the fields which clients know by other names.
pub(crate) fn aliases(parts: &[Part]) -> TokenStream {
    let of_page =
        [("page_size", "first"), ("page_token", "after")].map(|(field, alias)| quote!((#field, #alias)));
    let pairs = parts.iter().flat_map(|part| {
        let own = part.aliases.iter().map(|(field, alias)| quote!((#field, #alias)));
        own.chain(part.is_page.then(|| of_page.clone()).into_iter().flatten())
    });
    let pairs: Vec<TokenStream> = pairs.collect();
    if pairs.is_empty() {
        return TokenStream::new();
    }
    quote!(const ALIASES: &'static [(&'static str, &'static str)] = &[#(#pairs),*];)
}

/// Returns the implementations that every key has, by its parts: clone, compare, order, hash, show.
pub(crate) fn traits(name: &Ident, parts: &[Part]) -> TokenStream {
    let members: Vec<_> = parts.iter().map(|part| &part.member).collect();
    let text = name.to_string();
    let shown = members.iter().map(|member| {
        let text = member.to_token_stream().to_string();
        quote!(.field(#text, &self.#member))
    });
    quote! {
        #[automatically_derived]
        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self {
                Self { #(#members: ::core::clone::Clone::clone(&self.#members)),* }
            }
        }
        #[automatically_derived]
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                formatter.debug_struct(#text) #(#shown)* .finish()
            }
        }
        #[automatically_derived]
        impl ::core::cmp::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool {
                let _ = other;
                true #(&& self.#members == other.#members)*
            }
        }
        #[automatically_derived]
        impl ::core::cmp::Eq for #name {}
        #[automatically_derived]
        impl ::core::cmp::PartialOrd for #name {
            fn partial_cmp(&self, other: &Self) -> ::core::option::Option<::core::cmp::Ordering> {
                ::core::option::Option::Some(::core::cmp::Ord::cmp(self, other))
            }
        }
        #[automatically_derived]
        impl ::core::cmp::Ord for #name {
            fn cmp(&self, other: &Self) -> ::core::cmp::Ordering {
                let _ = other;
                ::core::cmp::Ordering::Equal #(.then_with(|| ::core::cmp::Ord::cmp(&self.#members, &other.#members)))*
            }
        }
        #[automatically_derived]
        impl ::core::hash::Hash for #name {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                let _ = state;
                #(::core::hash::Hash::hash(&self.#members, state);)*
            }
        }
    }
}
