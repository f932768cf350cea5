//! Types and names, as the macros look at them.

use syn::ext::IdentExt as _;
use syn::{GenericArgument, Ident, PathArguments, Type};

/// Returns the type in angle brackets of a type with this name, such as `T` of `Vec<T>`.
pub(crate) fn inner<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(of) = &segment.arguments else { return None };
    of.args.iter().find_map(|it| match it {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Returns a name as contracts write it: `type` for `r#type`.
pub(crate) fn text(name: &Ident) -> String {
    name.unraw().to_string()
}

/// Returns a name as clients write it: `productId` for `product_id`.
pub(crate) fn client_name(name: &Ident) -> String {
    let name = text(name);
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|it| it.to_ascii_uppercase()));
        name + letters.as_str()
    })
}
