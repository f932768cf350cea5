//! `#[values]`: an enum of the schema that mirrors one of a contract.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, Fields, ItemEnum, Result};

use crate::words::{self, Words};

pub(crate) fn expand(mut words: Words, item: &ItemEnum) -> Result<TokenStream> {
    let name = &item.ident;
    let of = words.first().ok_or_else(|| words.error("which enum? Write #[values(orders::OrderState)]"))?;
    let (of, unknown) = (words::path(&of)?.clone(), words.ident("unknown")?);
    words.finish()?;
    let unknown = unknown.unwrap_or_else(|| format_ident!("Unspecified"));
    let variants: Vec<_> = item.variants.iter().map(|it| &it.ident).collect();
    if let Some(variant) = item.variants.iter().find(|it| !matches!(it.fields, Fields::Unit)) {
        return Err(Error::new_spanned(variant, "a value of an enum has no fields"));
    }
    Ok(quote! {
        #[derive(Clone, Copy, ::async_graphql::Enum, PartialEq, Eq)]
        #item

        impl #name {
            /// Returns the value of the contract's number; `None` if the service sent none, or one of a later contract.
            fn of(value: i32) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match <#of as ::core::convert::TryFrom<i32>>::try_from(value).ok()? {
                    #of::#unknown => return ::core::option::Option::None,
                    #(#of::#variants => Self::#variants,)*
                })
            }
        }
    })
}
