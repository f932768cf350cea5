//! `#[arg(first: i32 = 10, "Products per page.")]`: an argument of a field.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Result, Token, Type};

use crate::types::{client_name, inner};

/// An argument of a field.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    default: Option<Expr>,
    description: LitStr,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        let default = input.peek(Token![=]).then(|| {
            input.parse::<Token![=]>()?;
            input.parse()
        });
        let default = default.transpose()?;
        if !input.peek(Token![,]) {
            return Err(input.error("describe the argument: clients read it in the schema"));
        }
        input.parse::<Token![,]>()?;
        Ok(Self { name, ty, default, description: input.parse()? })
    }
}

impl Argument {
    /// Returns the name as clients write it.
    pub(crate) fn client_name(&self) -> String {
        client_name(&self.name)
    }

    /// Returns the parameter of the resolver.
    pub(crate) fn parameter(&self) -> TokenStream {
        let Self { name, default, description, .. } = self;
        let ty = self.given_type();
        let default = default.as_ref().map(|default| quote!(, default = #default));
        // Directives and rows name it so.
        let known = self.client_name();
        quote!(#[graphql(name = #known, desc = #description #default)] #name: #ty)
    }

    /// Returns the type in which clients give the argument.
    fn given_type(&self) -> TokenStream {
        let ty = &self.ty;
        match (inner(ty, "Id"), inner(ty, "Option").and_then(|ty| inner(ty, "Id"))) {
            (Some(_), _) => quote!(::async_graphql::ID),
            (_, Some(_)) => quote!(::core::option::Option<::async_graphql::ID>),
            _ => quote!(#ty),
        }
    }

    /// Returns the statement that takes the argument from the document of a program.
    pub(crate) fn given(&self) -> TokenStream {
        let (name, ty, text) = (&self.name, self.given_type(), self.client_name());
        let default =
            self.default.as_ref().map_or(quote!(::core::option::Option::None), |default| match default {
                // Of any type of number, as async-graphql takes it.
                Expr::Lit(ExprLit { lit: Lit::Int(_), .. }) => {
                    quote!(::core::convert::TryInto::try_into(#default).ok())
                }
                default => quote!(::core::option::Option::Some(::core::convert::Into::into(#default))),
            });
        quote!(let #name: #ty = ctx.argument(#text, #default)?;)
    }

    /// Returns the statement that turns an id into the form that services know; nothing for other arguments.
    pub(crate) fn parsed(&self) -> TokenStream {
        let (name, text) = (&self.name, self.client_name());
        if inner(&self.ty, "Id").is_some() {
            let ty = &self.ty;
            return quote! {
                let #name = <#ty>::parse(&#name, #text).map_err(|error| ::bff_kit::Reading::located(ctx, error))?.raw();
            };
        }
        if let Some(ty) = inner(&self.ty, "Option").filter(|ty| inner(ty, "Id").is_some()) {
            return quote! {
                let #name = match #name {
                    ::core::option::Option::Some(id) => {
                        let id = <#ty>::parse(&id, #text).map_err(|error| ::bff_kit::Reading::located(ctx, error))?;
                        ::core::option::Option::Some(id.raw())
                    }
                    ::core::option::Option::None => ::core::option::Option::None,
                };
            };
        }
        TokenStream::new()
    }
}
