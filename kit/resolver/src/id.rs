//! Opaque, typed identifiers.

use std::fmt;
use std::marker::PhantomData;

use async_graphql::ID;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Error;

/// Longest identifier of a service that is accepted, in bytes.
const MAX_LENGTH: usize = 256;

/// A kind of object that has identifiers. The GraphQL type of that name implements this trait.
pub trait Entity {
    /// Name of the kind, part of every identifier, such as `"Product"`.
    const NAME: &'static str;

    /// The identifier as services know it, such as a `ProductId`.
    type Raw: for<'a> From<&'a str>;
}

/// Returns the kind of object that an identifier names, such as `"Product"`; `None` if the text is not an identifier.
#[must_use]
pub fn kind_of(id: &ID) -> Option<String> {
    if id.len() > MAX_LENGTH * 2 {
        return None;
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?).ok()?;
    text.split_once(':').map(|(kind, _)| kind.to_owned())
}

/// A service's identifier of an `E`.
///
/// Clients see an opaque `ID` that contains the kind, so that the id of a user never passes for the id of a product.
/// Its form may change without notice.
pub struct Id<E>(Box<str>, PhantomData<fn() -> E>);

impl<E: Entity> Id<E> {
    /// Creates an identifier from the form that the service knows.
    #[must_use]
    pub fn new(raw: impl Into<Box<str>>) -> Self {
        Self(raw.into(), PhantomData)
    }

    /// Returns the `ID` as clients see it for an identifier of a service.
    #[must_use]
    pub fn of(raw: &str) -> ID {
        ID(URL_SAFE_NO_PAD.encode(format!("{}:{raw}", E::NAME)))
    }

    /// Parses the `ID` that a client sent in `argument`; `BAD_USER_INPUT` if it is not the id of an `E`.
    pub fn parse(id: &ID, argument: &str) -> Result<Self, Error> {
        let bad = || Error::bad_input(argument, format!("not the id of a {}", E::NAME));
        if id.len() > MAX_LENGTH * 2 {
            return Err(bad());
        }
        let decoded = URL_SAFE_NO_PAD.decode(id.as_bytes()).map_err(|_| bad())?;
        let text = String::from_utf8(decoded).map_err(|_| bad())?;
        let raw = text.strip_prefix(E::NAME).and_then(|rest| rest.strip_prefix(':')).ok_or_else(bad)?;
        if raw.is_empty() || raw.len() > MAX_LENGTH || raw.chars().any(char::is_control) {
            return Err(bad());
        }
        Ok(Self::new(raw))
    }

    /// Returns the identifier as clients see it.
    #[must_use]
    pub fn to_id(&self) -> ID {
        Self::of(&self.0)
    }

    /// Returns the identifier as the service knows it.
    #[must_use]
    pub fn raw(&self) -> E::Raw {
        (&*self.0).into()
    }
}

impl<E: Entity> fmt::Debug for Id<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", E::NAME, self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Debug)]
    struct Product;
    impl Entity for Product {
        const NAME: &'static str = "Product";
        type Raw = Arc<str>;
    }
    #[derive(Debug)]
    struct User;
    impl Entity for User {
        const NAME: &'static str = "User";
        type Raw = Arc<str>;
    }

    #[test]
    fn an_id_comes_back_as_it_went() {
        let id = Id::<Product>::new("lamp-7").to_id();
        assert_eq!(&*Id::<Product>::parse(&id, "id").unwrap().raw(), "lamp-7");
    }

    #[test]
    fn an_id_of_another_kind_or_of_none_is_bad_input() {
        let user = Id::<User>::new("ada").to_id();
        for bad in
            [user, ID("lamp-7".into()), ID(String::new()), ID("UHJvZHVjdDo".into()), ID("A".repeat(5000))]
        {
            let error = Id::<Product>::parse(&bad, "id").unwrap_err();
            assert_eq!(error.code().as_str(), "BAD_USER_INPUT", "{bad:?}");
        }
    }
}
