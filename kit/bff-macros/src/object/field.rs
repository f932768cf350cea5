//! A field of an object: its attributes, and the resolver that they become.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Error, Expr, ExprLit, Ident, Lit, Meta, MetaNameValue, Result, Token, Type, Visibility,
};

use super::argument::Argument;
use super::row::Row;
use crate::types::{client_name, inner, text};
use crate::words::{self, Words, attribute};

/// A field of an object.
pub(crate) struct Field<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) arguments: Vec<Argument>,
    vis: &'a Visibility,
    docs: Vec<&'a Attribute>,
    /// Words that are passed on to async-graphql.
    graphql: Vec<TokenStream>,
    /// The attribute that says where the value comes from.
    pub(crate) source: &'a Attribute,
}

/// Attributes that say where a value comes from.
pub(crate) const SOURCES: [&str; 3] = ["read", "fetch", "resolve"];

/// A resolver to write.
pub(crate) struct Method {
    /// Directives of the field.
    pub(crate) directives: Vec<TokenStream>,
    /// True if the body uses the context.
    pub(crate) context: bool,
    pub(crate) returns: TokenStream,
    pub(crate) body: TokenStream,
    /// The field as programs run it; `None` if they cannot.
    pub(crate) row: Option<Row>,
}

impl<'a> Field<'a> {
    pub(crate) fn of(field: &'a syn::Field) -> Result<Self> {
        let name = field.ident.as_ref().ok_or_else(|| Error::new_spanned(field, "a field has a name"))?;
        let (mut arguments, mut docs, mut graphql, mut source) = (Vec::new(), Vec::new(), Vec::new(), None);
        for attribute in &field.attrs {
            let path = attribute.path();
            if path.is_ident("doc") {
                docs.push(attribute);
            } else if path.is_ident("arg") {
                arguments.push(attribute.parse_args()?);
            } else if path.is_ident("graphql") {
                graphql.push(attribute.parse_args()?);
            } else if path.is_ident("requires") {
                let requirement = requirement(attribute)?;
                graphql.push(quote!(directive = #requirement));
            } else if SOURCES.iter().all(|name| !path.is_ident(name)) {
                let message =
                    "a field has `read`, `fetch` or `resolve`, and beside it `arg`, `requires` or `graphql`";
                return Err(Error::new_spanned(path, message));
            } else if source.replace(attribute).is_some() {
                return Err(Error::new_spanned(path, "a field has one source: `read`, `fetch` or `resolve`"));
            }
        }
        attribute(&field.attrs, "requires")?;
        let source = source.ok_or_else(|| {
            Error::new(name.span(), "where does it come from? Add #[read(…)], #[fetch(…)] or #[resolve(…)]")
        })?;
        Ok(Self { name, ty: &field.ty, arguments, vis: &field.vis, docs, graphql, source })
    }

    /// Returns the code of a resolver of the field.
    pub(crate) fn code(&self, method: &Method) -> TokenStream {
        let Method { directives, context, returns, body, .. } = method;
        let Self { name, vis, docs, graphql, .. } = self;
        let context = context.then(|| quote!(, ctx: &::async_graphql::Context<'_>));
        let parameters = self.arguments.iter().map(Argument::parameter);
        let directives = directives.iter().map(|it| quote!(directive = #it));
        let attributes: Vec<_> = graphql.iter().cloned().chain(directives).collect();
        let attributes = (!attributes.is_empty()).then(|| quote!(#[graphql(#(#attributes),*)]));
        quote! {
            #(#docs)*
            #attributes
            #vis async fn #name(&self #context #(, #parameters)*) -> #returns {
                #body
            }
        }
    }

    /// Returns the statements by which a row reads the arguments, in a function that returns a `Result`.
    pub(crate) fn given(&self) -> TokenStream {
        let given = self.arguments.iter().map(Argument::given);
        quote!(#(#given)*)
    }

    /// Returns the name of the field's row; see [`row_name`].
    pub(crate) fn row_name(&self) -> Option<String> {
        row_name(self.name, &self.graphql)
    }

    /// Returns the argument of this name.
    pub(crate) fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|it| it.name == name)
    }
}

/// Bounds of a field: `most = 20`, `of = [items]`, `bounded_by = ids`, `bytes = 400`.
pub(crate) struct Bounds {
    pub(crate) most: Option<Expr>,
    of: Vec<Ident>,
    bounded_by: Option<Expr>,
    bytes: Option<Expr>,
}

impl Bounds {
    pub(crate) fn of(words: &mut Words) -> Result<Self> {
        let of = words.value("of").map(|of| names(&of)).transpose()?.unwrap_or_default();
        let (most, bytes, bounded_by) =
            (words.value("most"), words.value("bytes"), words.value("bounded_by"));
        Ok(Self { most, of, bounded_by, bytes })
    }

    /// Returns the directive of a field; an error for a list without a bound.
    pub(crate) fn directive(&self, field: &Field<'_>, is_page: bool) -> Result<Option<TokenStream>> {
        let is_list = ["Vec", "RefList"].iter().any(|name| inner(field.ty, name).is_some());
        let is_connection = inner(field.ty, "Connection").is_some();
        let is_counted = field.argument("first").is_some();
        if (is_list || is_connection || is_counted) && self.most.is_none() && !is_page {
            let message =
                "how many items at most? Add `most = 20`: plans and limits are made of the bounds of lists";
            return Err(Error::new_spanned(field.ty, message));
        }
        let items = self.most.as_ref().map(|most| -> Result<_> {
            let by = match (&self.bounded_by, field.argument("first")) {
                (Some(by), _) => Some(path_of(by)?),
                (None, first) => first.map(|_| "argument.first".to_owned()),
            };
            let by = by.map(|by| quote!(.by(#by)));
            let of: Vec<_> = match () {
                () if is_connection => vec!["edges".to_owned(), "nodes".to_owned()],
                () => self.of.iter().map(text).collect(),
            };
            let of = (!of.is_empty()).then(|| quote!(.of([#(#of),*])));
            Ok(quote!(::bff_kit::schema::items(#most) #by #of))
        });
        let items = items.transpose()?;
        let bound = match (items, &self.bytes) {
            (None, None) => return Ok(None),
            (None, Some(bytes)) => quote!(::bff_kit::schema::bytes(#bytes)),
            (Some(items), None) => items,
            (Some(items), Some(bytes)) => quote!(#items.and_bytes(#bytes)),
        };
        Ok(Some(quote!(::bff_kit::schema::bounds::apply(#bound))))
    }
}

/// Returns `argument.input.productIds` for `input.product_ids`.
fn path_of(path: &Expr) -> Result<String> {
    match path {
        Expr::Field(syn::ExprField { base, member: syn::Member::Named(name), .. }) => {
            Ok(format!("{}.{}", path_of(base)?, client_name(name)))
        }
        other => Ok(format!("argument.{}", client_name(&words::ident(other)?))),
    }
}

fn names(list: &Expr) -> Result<Vec<Ident>> {
    let Expr::Array(list) = list else { return Err(Error::new_spanned(list, "write `[edges, nodes]`")) };
    list.elems.iter().map(words::ident).collect()
}

/// Returns the name by which clients know a field; `None` if async-graphql does more with the field than its resolver, as with
/// a guard, of which a row would know nothing.
pub(crate) fn row_name(field: &Ident, words: &[TokenStream]) -> Option<String> {
    let mut name = client_name(field);
    for words in words {
        for word in Punctuated::<Meta, Token![,]>::parse_terminated.parse2(words.clone()).ok()? {
            match word {
                Meta::NameValue(MetaNameValue {
                    path,
                    value: Expr::Lit(ExprLit { lit: Lit::Str(given), .. }),
                    ..
                }) if path.is_ident("name") => name = given.value(),
                word if ["deprecation", "directive"].iter().any(|known| word.path().is_ident(known)) => {}
                _ => return None,
            }
        }
    }
    Some(name)
}

/// Returns the directive of `#[requires(signed_in, scopes = ["orders.write"])]`.
pub(crate) fn requirement(attribute: &Attribute) -> Result<TokenStream> {
    let mut words = Words::of(attribute)?;
    let (signed_in, scopes) = (words.flag("signed_in"), words.value("scopes"));
    words.finish()?;
    let requirement = match (signed_in, scopes) {
        (true, None) => quote!(::bff_kit::schema::signed_in()),
        (true, Some(scopes)) => quote!(::bff_kit::schema::signed_in().with_scopes(#scopes)),
        (false, Some(scopes)) => quote!(::bff_kit::schema::scopes(#scopes)),
        (false, None) => {
            return Err(Error::new_spanned(attribute, "write `signed_in` or `scopes = [\"orders.write\"]`"));
        }
    };
    Ok(quote!(::bff_kit::schema::requires::apply(#requirement)))
}
