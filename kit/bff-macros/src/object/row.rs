//! Rows: fields as programs run them, without a resolver.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Type};

use crate::types::inner;

/// A row to write.
pub(crate) struct Row {
    /// The expression that tells whether programs can show the value.
    pub(crate) is_shown: TokenStream,
    /// The expression that runs the row.
    pub(crate) body: TokenStream,
}

/// Returns the expression that tells whether programs can show values of a type.
pub(crate) fn is_shown(ty: &Type) -> TokenStream {
    quote!((&&::bff_kit::program::Probe::<#ty>::new()).add_rows(rows))
}

/// Returns the closure that shows a value of a type.
pub(crate) fn show(ty: &Type) -> TokenStream {
    let shown = quote!((&&::bff_kit::program::Probe::<#ty>::new()).show(&value, at, run));
    quote!(|value: #ty, at: ::bff_kit::program::At<'_>, run: &mut ::bff_kit::program::Run<'_>| #shown)
}

/// Returns the closure that shows a value of a type by its reference.
fn show_held(ty: &Type) -> TokenStream {
    let shown = quote!((&&::bff_kit::program::Probe::<#ty>::new()).show(value, at, run));
    quote!(|value: &#ty, at: ::bff_kit::program::At<'_>, run: &mut ::bff_kit::program::Run<'_>| #shown)
}

impl Row {
    /// Returns the row of a value that is read of the object.
    pub(crate) fn read(ty: &Type, value: &TokenStream) -> Self {
        let (is_shown, show) = (is_shown(ty), show(ty));
        let body = quote! {
            run.read(at, |ctx| -> #ty {
                let _ = ctx;
                #value
            }, #show)
        };
        Self { is_shown, body }
    }

    /// Returns the row of a value that may be missing alone.
    pub(crate) fn option(of: &Type, value: &TokenStream) -> Self {
        let (is_shown, show) = (is_shown(of), show(of));
        let body = quote! {
            run.read(at, |ctx| -> ::core::option::Option<#of> {
                let _ = ctx;
                #value
            }, |value, at, run| run.option(value, at, #show))
        };
        Self { is_shown, body }
    }

    /// Returns the row of a value that is an error if it is missing.
    pub(crate) fn required(ty: &Type, value: &TokenStream) -> Self {
        let (is_shown, show) = (is_shown(ty), show(ty));
        Self { is_shown, body: quote!(run.required(at, |ctx| #value, #show)) }
    }

    /// Returns the row of a list of objects.
    pub(crate) fn list(item: &Type, items: &TokenStream) -> Self {
        let (is_shown, show) = (is_shown(item), show(item));
        let body = quote!(run.read(at, |_| #items, |items, at, run| run.list(items, at, #show)));
        Self { is_shown, body }
    }

    /// Returns the row of a value that the object holds.
    pub(crate) fn held(ty: &Type, value: &TokenStream) -> Self {
        let (of, body) = if let Some(of) = inner(ty, "Option") {
            let show = show_held(of);
            (of, quote!(run.read(at, |_| #value.as_ref(), |value, at, run| run.option(value, at, #show))))
        } else if let Some(of) = inner(ty, "Vec") {
            let show = show_held(of);
            (of, quote!(run.read(at, |_| #value.iter(), |items, at, run| run.list(items, at, #show))))
        } else {
            let show = show_held(ty);
            (ty, quote!(run.read(at, |_| &#value, #show)))
        };
        Self { is_shown: is_shown(of), body }
    }

    /// Returns the row of a text, which is not copied.
    pub(crate) fn text(value: &TokenStream) -> Self {
        let body = quote! {{
            run.text(#value);
            ::core::result::Result::Ok(())
        }};
        Self { is_shown: quote!(true), body }
    }
}

/// Returns the implementation of the rows of the object with this name: one for each field that has a row, by its name.
pub(crate) fn rows(object: &Ident, rows: &[Option<(String, Row)>]) -> TokenStream {
    let known = rows.iter().enumerate().filter_map(|(index, row)| Some((index, row.as_ref()?)));
    let added = known.clone().map(
        |(index, (field, Row { is_shown, .. }))| quote!(if #is_shown { rows.add(&name, #field, #index); }),
    );
    let arms = known.map(|(index, (_, Row { body, .. }))| quote!(#index => #body,));
    let probes = quote! {
        #[allow(unused_imports)]
        use ::bff_kit::program::{ProbeLeaf as _, ProbeObject as _, ProbeOther as _};
    };
    quote! {
        #[automatically_derived]
        impl ::bff_kit::program::Shown for #object {
            fn add_rows(rows: &mut ::bff_kit::program::Rows) {
                #probes
                let name = <Self as ::async_graphql::OutputType>::type_name();
                if rows.begins(&name) {
                    #(#added)*
                }
            }

            fn row(
                &self,
                row: usize,
                at: ::bff_kit::program::At<'_>,
                run: &mut ::bff_kit::program::Run<'_>,
            ) -> ::bff_kit::program::Written {
                #probes
                match row {
                    #(#arms)*
                    _ => run.no_row(at),
                }
            }
        }
    }
}
