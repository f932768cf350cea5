//! `#[values]`: an enum of the schema that mirrors one of a contract.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Fields, ItemEnum, Path, Result};

pub(crate) fn expand(of: &Path, item: &ItemEnum) -> Result<TokenStream> {
    let name = &item.ident;
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
                    #of::Unspecified => return ::core::option::Option::None,
                    #(#of::#variants => Self::#variants,)*
                })
            }
        }
    })
}
