//! `#[derive(Command)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DeriveInput, Error, Result};

use crate::key;
use crate::words::{self, Words, attribute};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let (name, request) = (&input.ident, format_ident!("request"));
    let which =
        || Error::new_spanned(name, "name the RPC that carries it out: #[command(cart_service::AddItem)]");
    let mut words = Words::of(attribute(&input.attrs, "command")?.ok_or_else(which)?)?;
    let method = words::path(&words.first().ok_or_else(which)?)?.clone();
    let (idempotent, by_status) = (words.flag("idempotent"), words.flag("by_status"));
    let declines = words.path("declines")?.map(|reason| quote!(.declines(#reason)));
    words.finish()?;
    let parts = key::parts(input)?;
    if let Some(part) = parts.iter().find(|part| part.field.is_none()) {
        return Err(Error::new_spanned(&part.ty, "a command has named fields: those of the request"));
    }
    let (text, aliases) = (name.to_string(), key::aliases(&parts));
    let by_status = by_status.then(|| quote!(.by_status()));
    let written = parts.iter().map(|part| part.write(&request, &quote!(self)));
    Ok(quote! {
        #[automatically_derived]
        impl ::fetch::Command for #name {
            const NAME: &'static str = #text;
            const RPC: ::fetch::Rpc = ::fetch::Rpc::of_write::<#method>(#idempotent) #by_status #declines;
            #aliases
            type Value = ::std::sync::Arc<<#method as ::fetch::Single>::Value>;

            async fn send(
                self,
                call: ::fetch::Call<'_>,
            ) -> ::core::result::Result<Self::Value, ::fetch::UpstreamError> {
                let mut #request = <#method as ::fetch::Method>::Request::default();
                #(#written)*
                call.value::<#method>(#request).await
            }
        }
        const _: ::fetch::Rpc = <#name as ::fetch::Command>::RPC;
    })
}
