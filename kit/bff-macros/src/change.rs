//! `#[mutation]`, `#[payload]` and `#[derive(UserErrorTable)]`: a mutation that is one command.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, DeriveInput, Error, Expr, ExprAssign, ExprCall, Field, Fields, Ident, ItemStruct, Result,
};

use crate::types::{client_name, inner};
use crate::words::{self, Words, attribute};

fn named(item: &ItemStruct) -> Result<Vec<&Field>> {
    match &item.fields {
        Fields::Named(fields) => Ok(fields.named.iter().collect()),
        _ => Err(Error::new_spanned(&item.ident, "its fields have names")),
    }
}

/// Returns the attributes that the compiler and async-graphql know.
fn kept(field: &Field) -> impl Iterator<Item = &Attribute> {
    field.attrs.iter().filter(|it| !it.path().is_ident("part") && !it.path().is_ident("read"))
}

/// Expands `#[mutation(SetCartQuantity, subject = product_id)]`.
pub(crate) fn mutation(mut words: Words, item: &ItemStruct) -> Result<TokenStream> {
    let command =
        words.first().ok_or_else(|| words.error("which command? Write #[mutation(SetCartQuantity)]"))?;
    let command = words::path(&command)?.clone();
    let (subject, user) = (words.ident("subject")?, words.ident("user")?);
    let made = words::assigned(&words.calls(&["made"]))?;
    words.finish()?;
    let fields = named(item)?;
    let is_it = |name: &Ident| fields.iter().any(|field| field.ident.as_ref() == Some(name));
    if let Some(subject) = subject.as_ref().filter(|it| !is_it(it)) {
        return Err(Error::new(subject.span(), "the input has no such field"));
    }
    let subject = subject.map_or(quote!(None), |subject| {
        let name = client_name(&subject);
        quote!(Some(#name))
    });
    let (mut inputs, mut values) = (Vec::new(), Vec::new());
    for field in &fields {
        let (kept, ty, vis) = (kept(field), &field.ty, &field.vis);
        let Some(name) = &field.ident else { continue };
        let part = attribute(&field.attrs, "part")?.map(Attribute::parse_args::<Ident>).transpose()?;
        let path = format!("input.{}", client_name(name));
        let (ty, value) = if inner(ty, "Id").is_some() {
            (quote!(::async_graphql::ID), quote!(<#ty>::parse(&self.#name, #path)?.raw()))
        } else if let Some(id) = inner(ty, "Vec").filter(|ty| inner(ty, "Id").is_some()) {
            let ids = quote! {{
                let ids = self.#name.iter().enumerate();
                let ids = ids.map(|(index, id)| <#id>::parse(id, &format!("{}.{index}", #path)).map(|id| id.raw()));
                ids.collect::<::core::result::Result<_, ::bff_kit::Error>>()?
            }};
            (quote!(::std::vec::Vec<::async_graphql::ID>), ids)
        } else {
            (quote!(#ty), quote!(::core::convert::Into::into(self.#name)))
        };
        inputs.push(quote!(#(#kept)* #vis #name: #ty));
        values.push((name, part.unwrap_or_else(|| name.clone()), value));
    }
    let (mut parts, mut taken): (Vec<TokenStream>, Vec<Ident>) = (Vec::new(), Vec::new());
    let mut named = Vec::new();
    for ExprAssign { left, right, .. } in &made {
        let Expr::Call(ExprCall { func, args, .. }) = &**right else {
            let message = "a function of fields makes the part: `item = cart_item(product_id, quantity)`";
            return Err(Error::new_spanned(right, message));
        };
        let of_field = |argument: &Expr| {
            let name = words::ident(argument)?;
            let found = values.iter().find(|(field, ..)| **field == name);
            if taken.contains(&name) {
                return Err(Error::new(
                    name.span(),
                    "another function takes this field: a field is in one part",
                ));
            }
            let (.., value) = found.ok_or_else(|| Error::new(name.span(), "the input has no such field"))?;
            Ok((name, value))
        };
        named.push(words::ident(left)?);
        let arguments = args.iter().map(of_field).collect::<Result<Vec<_>>>()?;
        let of_fields = arguments.iter().map(|(_, value)| value);
        parts.push(quote!(#left: #func(#(#of_fields),*)));
        taken.extend(arguments.into_iter().map(|(name, _)| name));
    }
    let of_fields = values.iter().filter(|(name, ..)| !taken.contains(name)).map(|(_, part, _)| part);
    let all: Vec<_> = named.iter().chain(user.as_ref()).chain(of_fields).collect();
    if let Some(twice) = all.iter().enumerate().find(|(index, part)| all[..*index].contains(part)) {
        return Err(Error::new(twice.1.span(), "this part of the command has a value already"));
    }
    let renamed = fields.iter().filter(|field| field.ident.as_ref().is_some_and(|name| taken.contains(name)));
    for field in renamed {
        if let Some(part) = attribute(&field.attrs, "part")? {
            return Err(Error::new_spanned(part, "a function makes the part of this field: drop `part`"));
        }
    }
    let by = user.as_ref().map(|_| quote!(, "caller"));
    parts.extend(user.map(
        |part| quote!(#part: ::core::convert::Into::into(user.ok_or_else(::bff_kit::Error::nobody_acts)?)),
    ));
    let rest = values.iter().filter(|(name, ..)| !taken.contains(name));
    parts.extend(rest.map(|(_, part, value)| quote!(#part: #value)));
    let (name, vis, attributes) = (&item.ident, &item.vis, &item.attrs);
    Ok(quote! {
        #(#attributes)*
        #[derive(::async_graphql::InputObject)]
        #vis struct #name {
            #(#inputs),*
        }

        impl ::bff_kit::Change for #name {
            type Command = #command;
            const SUBJECT: ::core::option::Option<&'static str> = #subject;
            const BY: &'static [&'static str] = &["argument.input" #by];

            fn command(
                self,
                user: ::core::option::Option<::std::sync::Arc<str>>,
            ) -> ::core::result::Result<#command, ::bff_kit::Error> {
                let _ = &user;
                ::core::result::Result::Ok(#command { #(#parts),* })
            }
        }
    })
}

/// Expands `#[payload(carts::Cart)]`.
pub(crate) fn payload(mut words: Words, item: &ItemStruct) -> Result<TokenStream> {
    let message =
        words.first().ok_or_else(|| words.error("of which message? Write #[payload(carts::Cart)]"))?;
    let message = words::path(&message)?.clone();
    words.finish()?;
    let (mut fields, mut made, mut errors) = (Vec::new(), Vec::new(), None);
    for field in named(item)? {
        let (kept, ty, vis) = (kept(field), &field.ty, &field.vis);
        let Some(name) = &field.ident else { continue };
        let path = attribute(&field.attrs, "read")?.map(Attribute::parse_args::<Ident>).transpose()?;
        let list = inner(ty, "Vec");
        if name == "user_errors" {
            let most = list.map(|error| quote!(<#error as ::bff_kit::UserError>::MOST));
            let bound = quote!(::bff_kit::schema::bounds::apply(::bff_kit::schema::items(#most)));
            fields.push(quote!(#(#kept)* #[graphql(directive = #bound)] #vis #name: #ty));
            errors = list;
        } else if let (Some(path), Some(item)) = (&path, list) {
            fields.push(quote!(#(#kept)* #vis #name: #ty));
            let items =
                quote!(::bff_kit::Part::items(::core::clone::Clone::clone(&value), |whole| &whole.#path));
            made.push(quote!(#name: #items.map(<#item as ::core::convert::From<_>>::from).collect()));
        } else {
            let of = path.map_or(
                quote!(::core::clone::Clone::clone(&value)),
                |path| quote!(::bff_kit::AsArgument::as_argument(&value.#path)),
            );
            fields.push(quote!(#(#kept)* #vis #name: ::core::option::Option<#ty>));
            made.push(quote!(#name: ::core::option::Option::Some(::core::convert::Into::into(#of))));
        }
    }
    let errors = errors.ok_or_else(|| {
        Error::new_spanned(
            &item.ident,
            "a payload says why a change was not made: add `user_errors: Vec<UserError>`",
        )
    })?;
    let others = (fields.len() > 1).then(|| quote!(, ..::core::default::Default::default()));
    let (name, vis, attributes) = (&item.ident, &item.vis, &item.attrs);
    Ok(quote! {
        #(#attributes)*
        #[derive(::core::default::Default, ::async_graphql::SimpleObject)]
        #vis struct #name {
            #(#fields),*
        }

        impl ::bff_kit::Payload<::std::sync::Arc<#message>> for #name {
            type UserError = #errors;

            fn made(value: ::std::sync::Arc<#message>) -> Self {
                Self { #(#made,)* ..::core::default::Default::default() }
            }

            fn declined(user_errors: ::std::vec::Vec<#errors>) -> Self {
                Self { user_errors #others }
            }
        }
    })
}

/// Expands `#[derive(UserErrorTable)]`.
pub(crate) fn reasons(input: &DeriveInput) -> Result<TokenStream> {
    let (name, syn::Data::Enum(data)) = (&input.ident, &input.data) else {
        return Err(Error::new_spanned(&input.ident, "reasons are the values of an enum"));
    };
    let (mut invalid, mut not_found, mut other, mut rows) = (None, None, None, Vec::new());
    let mut said = Vec::new();
    for variant in &data.variants {
        let code = &variant.ident;
        let attribute = attribute(&variant.attrs, "reason")?.ok_or_else(|| {
            Error::new_spanned(code, "for which reason? Add #[reason(OUT_OF_STOCK, say = \"…\")]")
        })?;
        let mut words = Words::of(attribute)?;
        let (field, say) =
            (words.ident("field")?, words.value("say").unwrap_or_else(|| syn::parse_quote!("")));
        let reasons = words.names();
        if reasons.is_empty() {
            let message = "for which reason? Write it first: #[reason(OUT_OF_STOCK, …)]";
            return Err(Error::new_spanned(attribute, message));
        }
        let is_invalid = reasons.iter().any(|reason| reason == "invalid");
        words.finish()?;
        let about = match &field {
            None => quote!(Nothing),
            Some(field) if field == "subject" => quote!(Subject),
            Some(field) => {
                let field = client_name(field);
                quote!(Field(#field))
            }
        };
        let row =
            quote!(::bff_kit::UserErrorRow { code: Self::#code, about: ::bff_kit::About::#about, say: #say });
        for reason in reasons {
            let text = reason.to_string();
            if said.contains(&text) {
                return Err(Error::new(reason.span(), "this reason has a value already"));
            }
            said.push(text.clone());
            match text.as_str() {
                "invalid" => invalid = Some(quote!(Self::#code)),
                "not_found" => not_found = Some(row.clone()),
                "other" => other = Some(row.clone()),
                text => rows.push(quote!(#text => #row)),
            }
        }
        is_said(&say, attribute, is_invalid)?;
    }
    let (Some(invalid), Some(not_found), Some(other)) = (invalid, not_found, other) else {
        let message = "one value each is for the reasons `invalid`, `not_found` and `other`";
        return Err(Error::new_spanned(name, message));
    };
    Ok(quote! {
        #[automatically_derived]
        impl ::bff_kit::UserErrorTable for #name {
            fn invalid() -> Self {
                #invalid
            }

            fn not_found() -> ::bff_kit::UserErrorRow<Self> {
                #not_found
            }

            fn of(reason: &str) -> ::bff_kit::UserErrorRow<Self> {
                match reason {
                    #(#rows,)*
                    _ => #other,
                }
            }
        }
    })
}

/// Checks that a reason has a text. That of invalid input comes with the input.
fn is_said(say: &Expr, attribute: &Attribute, is_invalid: bool) -> Result<()> {
    let is_empty =
        matches!(say, Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) if text.value().is_empty());
    if is_empty && !is_invalid {
        return Err(Error::new_spanned(attribute, "what is the user told? Add `say = \"…\"`"));
    }
    Ok(())
}
