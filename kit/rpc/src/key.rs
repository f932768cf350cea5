//! Parts of keys and commands, and the fields of requests that they become.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use prost::Message;
use prost_types::FieldMask;

use crate::Mask;

/// A part of a key or command, which becomes a field of type `P` of a request.
pub trait ToField<P> {
    /// Returns the value of the field.
    fn to_field(&self) -> P;
}

/// A part of a key that can be read back from the field of type `P` of a result, to match the result to its key.
pub trait FromField<P>: ToField<P> {
    /// Returns the part for a value of the field.
    fn from_field(field: P) -> Self;
}

/// A part of a key that may be ids of entities.
pub trait EntityIds {
    /// Passes each id.
    fn each_id(&self, visit: &mut dyn FnMut(&str));
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl ToField<$type> for $type {
            fn to_field(&self) -> $type {
                self.clone()
            }
        }

        impl FromField<$type> for $type {
            fn from_field(field: $type) -> Self {
                field
            }
        }

        impl Plain for $type {}
    )*};
}

/// A type of a field that is neither a message nor a list.
pub trait Plain {}

plain!(String, bool, i32, i64, u32, u64);

impl ToField<String> for Arc<str> {
    fn to_field(&self) -> String {
        self.as_ref().to_owned()
    }
}

impl FromField<String> for Arc<str> {
    fn from_field(field: String) -> Self {
        field.into()
    }
}

/// The empty value stands for `None`, as proto3 has it.
impl<T: ToField<P>, P: Plain + Default> ToField<P> for Option<T> {
    fn to_field(&self) -> P {
        self.as_ref().map(T::to_field).unwrap_or_default()
    }
}

impl<T: FromField<P>, P: Plain + Default + PartialEq> FromField<P> for Option<T> {
    fn from_field(field: P) -> Self {
        (field != P::default()).then(|| T::from_field(field))
    }
}

impl<T: ToField<P>, P> ToField<Vec<P>> for Arc<[T]> {
    fn to_field(&self) -> Vec<P> {
        self.iter().map(T::to_field).collect()
    }
}

impl<T: FromField<P>, P> FromField<Vec<P>> for Arc<[T]> {
    fn from_field(field: Vec<P>) -> Self {
        field.into_iter().map(T::from_field).collect()
    }
}

impl<M: Message + Clone> ToField<Self> for Vec<M> {
    fn to_field(&self) -> Self {
        self.clone()
    }
}

impl<M: Message + Clone> ToField<Option<M>> for M {
    fn to_field(&self) -> Option<M> {
        Some(self.clone())
    }
}

impl ToField<Option<FieldMask>> for Mask {
    fn to_field(&self) -> Option<FieldMask> {
        Some(self.to_message())
    }
}

/// A message as a part of a key: keys have an order, and messages have none.
///
/// Two messages are one key if their encodings are equal. Maps are encoded in any order, so a message with a map is loaded
/// again where it need not be. Ids within a message tag nothing: a value in the cache is not dropped when they change.
///
/// ```
/// use rpc::Encoded;
///
/// let money = Encoded::from(Some(&prost_types::Duration { seconds: 5, nanos: 0 }));
/// assert!(money < Encoded::from(Some(&prost_types::Duration { seconds: 6, nanos: 0 })));
/// ```
pub struct Encoded<M>(Option<Box<[u8]>>, PhantomData<fn() -> M>);

impl<M: Message + Default> Encoded<M> {
    /// Returns the parts for a list of messages.
    pub fn list(messages: &[M]) -> Arc<[Self]> {
        messages.iter().map(|message| Self::from(Some(message))).collect()
    }
}

/// `None` stands for a message that is absent.
impl<M: Message> From<Option<&M>> for Encoded<M> {
    fn from(message: Option<&M>) -> Self {
        Self(message.map(|it| it.encode_to_vec().into()), PhantomData)
    }
}

impl<M: Message + Default> ToField<Option<M>> for Encoded<M> {
    fn to_field(&self) -> Option<M> {
        M::decode(self.0.as_deref()?).ok()
    }
}

impl<M: Message + Default> ToField<M> for Encoded<M> {
    fn to_field(&self) -> M {
        ToField::<Option<M>>::to_field(self).unwrap_or_default()
    }
}

impl<M> EntityIds for Encoded<M> {
    fn each_id(&self, _: &mut dyn FnMut(&str)) {}
}

impl<M> Clone for Encoded<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<M> fmt::Debug for Encoded<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Encoded").field(&self.0.as_deref().map(<[u8]>::len)).finish()
    }
}

impl<M> PartialEq for Encoded<M> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<M> Eq for Encoded<M> {}

impl<M> Hash for Encoded<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<M> PartialOrd for Encoded<M> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<M> Ord for Encoded<M> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

macro_rules! without_ids {
    ($($type:ty),*) => {$(
        impl EntityIds for $type {
            fn each_id(&self, _: &mut dyn FnMut(&str)) {}
        }
    )*};
}

without_ids!(bool, i32, i64, u32, u64);

impl EntityIds for String {
    fn each_id(&self, visit: &mut dyn FnMut(&str)) {
        visit(self);
    }
}

impl EntityIds for Arc<str> {
    fn each_id(&self, visit: &mut dyn FnMut(&str)) {
        visit(self);
    }
}

impl<T: EntityIds> EntityIds for Option<T> {
    fn each_id(&self, visit: &mut dyn FnMut(&str)) {
        if let Some(it) = self {
            it.each_id(visit);
        }
    }
}

impl<T: EntityIds> EntityIds for Arc<[T]> {
    fn each_id(&self, visit: &mut dyn FnMut(&str)) {
        for it in &**self {
            it.each_id(visit);
        }
    }
}

/// Declares types for ids, so that the id of one thing never passes for that of another.
///
/// ```
/// rpc::ids! {
///     /// Id of a product.
///     pub ProductId;
/// }
///
/// let id = ProductId::from("kettle-09");
/// assert_eq!(id.as_str(), "kettle-09");
/// ```
#[macro_export]
macro_rules! ids {
    ($($(#[$meta:meta])* $visibility:vis $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $visibility struct $name(::std::sync::Arc<str>);

        impl $name {
            /// Returns the id as services know it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id.into())
            }
        }

        impl From<::std::sync::Arc<str>> for $name {
            fn from(id: ::std::sync::Arc<str>) -> Self {
                Self(id)
            }
        }

        impl $crate::ToField<String> for $name {
            fn to_field(&self) -> String {
                self.as_str().to_owned()
            }
        }

        impl $crate::FromField<String> for $name {
            fn from_field(field: String) -> Self {
                Self(field.into())
            }
        }

        impl $crate::EntityIds for $name {
            fn each_id(&self, visit: &mut dyn FnMut(&str)) {
                visit(&self.0);
            }
        }
    )*};
}
