//! The words in an attribute: expressions, flags, `name = value` and `name(…)`, in any order.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Attribute, Error, Expr, ExprAssign, ExprCall, Ident, Path, Result, Token};

/// The words in an attribute. They are taken out one by one; the rest are errors.
pub(crate) struct Words {
    left: Vec<Expr>,
    /// The place of all of them.
    span: Span,
    /// Names that were looked for, for the error.
    known: Vec<&'static str>,
}

impl Parse for Words {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let span = input.span();
        let left = Punctuated::<Expr, Token![,]>::parse_terminated(input)?;
        Ok(Self { left: left.into_iter().collect(), span, known: Vec::new() })
    }
}

impl Words {
    /// Returns the words of an attribute.
    pub(crate) fn of(attribute: &Attribute) -> Result<Self> {
        attribute.parse_args()
    }

    /// Returns the words in brackets behind a name.
    pub(crate) fn within(call: &ExprCall) -> Self {
        Self { left: call.args.iter().cloned().collect(), span: call.span(), known: Vec::new() }
    }

    /// Takes the first word, unless it is an option with a value.
    pub(crate) fn first(&mut self) -> Option<Expr> {
        self.left.first().filter(|it| !matches!(it, Expr::Assign(_)))?;
        Some(self.left.remove(0))
    }

    /// Takes the value of `name = value`.
    pub(crate) fn value(&mut self, name: &'static str) -> Option<Expr> {
        self.known.push(name);
        let is_it = |it: &Expr| matches!(it, Expr::Assign(assign) if is_ident(&assign.left, name));
        match self.take(is_it)? {
            Expr::Assign(assign) => Some(*assign.right),
            _ => None,
        }
    }

    /// Takes the value of `name = value`, which is the path of a type or function.
    pub(crate) fn path(&mut self, name: &'static str) -> Result<Option<Path>> {
        self.value(name).map(|value| path(&value).cloned()).transpose()
    }

    /// Takes the value of `name = value`, which is the name of a field.
    pub(crate) fn ident(&mut self, name: &'static str) -> Result<Option<Ident>> {
        self.value(name).map(|value| ident(&value)).transpose()
    }

    /// Takes a flag.
    pub(crate) fn flag(&mut self, name: &'static str) -> bool {
        self.known.push(name);
        self.take(|it| is_ident(it, name)).is_some()
    }

    /// Takes every `name(…)` of these names, in order.
    pub(crate) fn calls(&mut self, names: &[&'static str]) -> Vec<ExprCall> {
        self.known.extend(names);
        let is_it = |it: &mut Expr| matches!(it, Expr::Call(call) if names.iter().any(|name| is_ident(&call.func, name)));
        let calls = self.left.extract_if(.., is_it);
        calls.filter_map(|it| if let Expr::Call(call) = it { Some(call) } else { None }).collect()
    }

    /// Takes every name that stands alone. Flags must have been taken before.
    pub(crate) fn names(&mut self) -> Vec<Ident> {
        self.left.extract_if(.., |it| ident(it).is_ok()).filter_map(|it| ident(&it).ok()).collect()
    }

    fn take(&mut self, is_it: impl Fn(&Expr) -> bool) -> Option<Expr> {
        let index = self.left.iter().position(is_it)?;
        Some(self.left.remove(index))
    }

    /// Returns the place of the words together.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// Returns an error of the words together.
    pub(crate) fn error(&self, message: &str) -> Error {
        Error::new(self.span, message)
    }

    /// Checks that no word is left.
    pub(crate) fn finish(self) -> Result<()> {
        let Some(left) = self.left.first() else { return Ok(()) };
        let known: Vec<_> = self.known.iter().map(|name| format!("`{name}`")).collect();
        let name = match left {
            Expr::Assign(assign) => &*assign.left,
            Expr::Call(call) => &*call.func,
            other => other,
        };
        Err(Error::new(name.span(), format!("this is no option here: there are {}", known.join(", "))))
    }
}

/// Returns every `field = value` in the brackets of these calls.
pub(crate) fn assigned(calls: &[ExprCall]) -> Result<Vec<ExprAssign>> {
    let assigned = |value: &Expr| match value {
        Expr::Assign(assign) => Ok(assign.clone()),
        other => Err(Error::new_spanned(other, "write `field = value`")),
    };
    calls.iter().flat_map(|call| &call.args).map(assigned).collect()
}

/// Returns the path that an expression is.
pub(crate) fn path(value: &Expr) -> Result<&Path> {
    match value {
        Expr::Path(path) => Ok(&path.path),
        other => Err(Error::new_spanned(other, "this is not the path of a type or function")),
    }
}

/// Returns the name that an expression is.
pub(crate) fn ident(value: &Expr) -> Result<Ident> {
    let name = path(value).ok().and_then(Path::get_ident).cloned();
    name.ok_or_else(|| Error::new_spanned(value, "this is not the name of a field"))
}

pub(crate) fn is_ident(value: &Expr, name: &str) -> bool {
    path(value).is_ok_and(|path| path.is_ident(name))
}

/// Returns the name of a value: an argument, or a path of a message, which begins with a small letter.
pub(crate) fn value_name(value: &Expr) -> Option<Ident> {
    ident(value).ok().filter(|name| name.to_string().starts_with(|it: char| it.is_lowercase() || it == '_'))
}

/// Returns the only attribute of this name; an error if there are several, of which some would count for nothing.
pub(crate) fn attribute<'a>(
    attributes: impl IntoIterator<Item = &'a Attribute>,
    name: &str,
) -> Result<Option<&'a Attribute>> {
    let mut found = attributes.into_iter().filter(|it| it.path().is_ident(name));
    let first = found.next();
    match found.next() {
        Some(second) => {
            Err(Error::new_spanned(second, format!("`{name}` is said twice: write one attribute")))
        }
        None => Ok(first),
    }
}
