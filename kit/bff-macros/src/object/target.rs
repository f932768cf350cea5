//! The object that `#[object(…)]` describes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Error, Ident, ItemStruct, Path, Result};

use crate::types::text;
use crate::words::{self, Words};

/// An object of the schema.
pub(crate) struct Object {
    /// The message that the object shows; `None` for one that shows none.
    message: Option<Path>,
    /// The fetch that loads the object by its key.
    by: Option<Path>,
    /// The type of its ids.
    id: Option<Path>,
    /// True for a part of a message that is always read as a whole.
    part: bool,
    /// Path by which the part is read.
    part_of: Option<Ident>,
    /// True for a message that is a page of a list.
    page: bool,
    /// Items of the lists of which the object is a page.
    page_of: Option<Path>,
}

impl Object {
    pub(crate) fn of(mut words: Words) -> Result<Self> {
        let object = Self {
            by: words.path("by")?,
            id: words.path("id")?,
            part: words.flag("part"),
            part_of: words.ident("part_of")?,
            page: words.flag("page"),
            page_of: words.path("page_of")?,
            message: words.first().map(|it| words::path(&it).cloned()).transpose()?,
        };
        let extent = [object.part, object.part_of.is_some(), object.page, object.page_of.is_some()];
        if extent.iter().filter(|is_said| **is_said).count() > 1 {
            return Err(words.error("an object is a part or a page, and one of these: choose one word"));
        }
        if object.message.is_none() && (object.by.is_some() || extent[..3].contains(&true)) {
            return Err(words
                .error("which message does the object show? Name it first: #[object(catalog::Product, …)]"));
        }
        if object.by.is_some() && (object.part || object.part_of.is_some()) {
            return Err(
                words.error("what is loaded by its key is no part of another message: drop `by`, or `part`")
            );
        }
        if object.page_of.is_some() && object.message.is_some() || object.is_page() && object.id.is_some() {
            return Err(words.error("a page has items, no id, and no message besides: drop the other word"));
        }
        words.finish()?;
        Ok(object)
    }
}

impl Object {
    /// Returns true if what a field reads belongs to the read mask of the call that loads the object.
    pub(crate) fn is_masked(&self) -> bool {
        let Self { message, part, part_of, page, .. } = self;
        message.is_some() && !part && part_of.is_none() && !page
    }

    /// Returns true if the object is a page of a list.
    pub(crate) fn is_page(&self) -> bool {
        self.page || self.page_of.is_some()
    }

    /// Returns the source of a key that is a path of the object's message.
    pub(crate) fn source(&self, path: &Ident) -> String {
        format!("parent.{}", text(self.part_of.as_ref().unwrap_or(path)))
    }

    /// Returns an error unless the object shows a message.
    pub(crate) fn need_message(&self, at: &Ident) -> Result<()> {
        match self.message.as_ref().or(self.page_of.as_ref()) {
            Some(_) => Ok(()),
            None => Err(Error::new(
                at.span(),
                "this object shows no message: name one, as in #[object(catalog::Product)]",
            )),
        }
    }

    /// Returns the struct, and how it is made of a message.
    pub(crate) fn definition(
        &self,
        item: &ItemStruct,
        docs: &[&Attribute],
        kept: &[&Attribute],
    ) -> TokenStream {
        let (name, vis, text) = (&item.ident, &item.vis, item.ident.to_string());
        let Self { message, by, id, page, page_of, .. } = self;
        let entity = id.as_ref().map(|id| {
            quote! {
                impl ::bff_kit::Entity for #name {
                    const NAME: &'static str = #text;
                    type Raw = #id;
                }
            }
        });
        let head = quote!(#(#docs)* #(#kept)*);
        let Some(message) = message else {
            let Some(item) = page_of else {
                return quote! {
                    #head
                    #[derive(Clone, Copy, Debug, Default)]
                    #vis struct #name;
                    #entity
                };
            };
            return quote! {
                #head
                #vis struct #name(::bff_kit::ListedItems<#item>);
                impl<M> ::core::convert::From<::bff_kit::Listed<M>> for #name
                where
                    M: ::bff_kit::PageMessage<Item = #item> + ::core::marker::Send + ::core::marker::Sync + 'static,
                {
                    fn from(page: ::bff_kit::Listed<M>) -> Self {
                        Self(page.of_any())
                    }
                }
            };
        };
        if *page {
            let loaded = by.as_ref().map(|by| {
                quote! {
                    impl ::bff_kit::Loaded for #name {
                        type By = #by;

                        fn from_loaded(by: &#by, message: ::std::sync::Arc<#message>) -> Self {
                            Self(::bff_kit::Listed::new(::core::clone::Clone::clone(&by.page), message))
                        }
                    }
                }
            });
            return quote! {
                #head
                #vis struct #name(::bff_kit::Listed<#message>);
                #loaded
            };
        }
        let loaded = by.as_ref().map(|by| {
            quote! {
                impl ::bff_kit::Loaded for #name {
                    type By = #by;

                    fn from_loaded(_: &#by, message: ::std::sync::Arc<#message>) -> Self {
                        Self(::core::convert::From::from(message))
                    }
                }
            }
        });
        quote! {
            #head
            #vis struct #name(::bff_kit::Part<#message>);
            impl ::core::convert::From<::bff_kit::Part<#message>> for #name {
                fn from(message: ::bff_kit::Part<#message>) -> Self {
                    Self(message)
                }
            }
            impl ::core::convert::From<::std::sync::Arc<#message>> for #name {
                fn from(message: ::std::sync::Arc<#message>) -> Self {
                    Self(message.into())
                }
            }
            #entity
            #loaded
        }
    }
}
