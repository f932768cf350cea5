//! Objects whose key is known before their message.
//!
//! A product is fetched by its id, and so are its price and its stock. With a plain resolver, the fetches of price and
//! stock would wait for the product. A [`Ref`] of the product fetches all three at once: the fields that need only the
//! key run on an object that holds nothing else, all others run on the loaded object.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::{ContainerType, resolve_container};
use async_graphql::{Context, ContextSelectionSet, OutputType, Positioned, ServerError, ServerResult, Value};
use fetch::{Fetch, Keyed};
use futures_util::future::{join, join_all};
use operation::NodeRef;
use operation::path::segments;

use crate::error::Error;
use crate::scope::RequestScope;

/// An object of the schema that is created from the value of a fetch.
pub trait Loaded: ContainerType + Send + Sync + Sized + 'static {
    /// The fetch that loads the object.
    type By: Keyed;

    /// Creates the object from its key and the loaded value.
    fn from_loaded(by: &Self::By, answer: <Self::By as Fetch>::Value) -> Self;
}

/// An object known by its key. The field is null if the object does not exist or its fetch fails. It declares
/// [`hoist`](crate::schema::hoist); with a fallback it is optional.
#[derive(Debug)]
pub struct Ref<T: Loaded>(Result<T::By, Error>);

/// A list of objects known by their keys, in the order of the keys. Objects that do not exist are left out. The field
/// declares [`then_hoist`](crate::schema::Steps::then_hoist).
#[derive(Debug)]
pub struct RefList<T: Loaded>(Vec<T::By>);

impl<T: Loaded> Default for RefList<T> {
    /// Returns an empty list.
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Loaded> Ref<T> {
    /// Creates the reference to the object of a key; an error in place of the key becomes the error of the field.
    #[must_use]
    pub fn by(key: Result<T::By, Error>) -> Self {
        Self(key)
    }
}

impl<T: Loaded> FromIterator<T::By> for RefList<T> {
    fn from_iter<I: IntoIterator<Item = T::By>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl<T: Loaded> OutputType for Ref<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::type_name().into_owned()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry);
        Self::qualified_type_name()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let object = match &self.0 {
            Ok(key) => object::<T>(ctx, field, key).await,
            Err(error) => Err(failed(ctx, field, error.clone())),
        };
        Ok(object
            .unwrap_or_else(|error| {
                ctx.add_error(error);
                None
            })
            .unwrap_or_default())
    }
}

impl<T: Loaded> OutputType for RefList<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let items = self.0.iter().enumerate().map(async |(index, key)| {
            let ctx = ctx.with_index(index);
            let item = object::<T>(&ctx, field, key).await.map_err(|error| ctx.set_error_path(error))?;
            if item.is_none() {
                scope(&ctx).omitted(ctx.path_node.as_ref());
            }
            Ok(item)
        });
        let items: ServerResult<Vec<_>> = join_all(items).await.into_iter().collect();
        Ok(Value::List(items?.into_iter().flatten().collect()))
    }
}

/// Resolves the object of a key; `None` if the object does not exist, or if its fetch fails and the field is optional.
async fn object<T: Loaded>(
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
    key: &T::By,
) -> ServerResult<Option<Value>> {
    let scope = scope(ctx);
    let path = ctx.path_node.as_ref();
    let node = scope.call_graph.node_at(path);
    let answer = async {
        let answer = scope.fetch(path, key.clone()).await;
        let answer = match answer {
            Err(Error::NotFound) => Ok(None),
            answer if node.is_some_and(NodeRef::is_optional) => scope.optional(path, answer),
            answer => answer.map(Some),
        };
        answer
            .map(|answer| answer.map(|answer| T::from_loaded(key, answer)))
            .map_err(|error| failed(ctx, field, error))
    };
    let Some(node) = node.filter(|node| node.hoists_any()) else {
        return match answer.await? {
            Some(object) => resolve_container(ctx, &object).await.map(Some),
            None => Ok(None),
        };
    };
    let known = Part { object: &T::from_loaded(key, key.known()), node, hoisted: true };
    // `Err` holds the result of the field if there is no object whose fields could be resolved.
    let behind = async {
        let object = match answer.await {
            Ok(Some(object)) => object,
            Ok(None) => return Err(Ok(None)),
            Err(error) => return Err(Err(error)),
        };
        let part = Part { object: &object, node, hoisted: false };
        Ok(resolve_container(ctx, &part).await)
    };
    // Both run to their ends: dropping one would drop fetches that other fields wait for as well.
    match join(resolve_container(ctx, &known), behind).await {
        (beside, Ok(behind)) => Ok(Some(merged(beside?, behind?, node))),
        (_, Err(nothing)) => {
            scope.absent(path);
            nothing
        }
    }
}

/// Merges both parts of an object in the order of the selection, which both parts kept.
fn merged(beside: Value, behind: Value, node: NodeRef<'_>) -> Value {
    let (Value::Object(mut beside), Value::Object(mut behind)) = (beside, behind) else { return Value::Null };
    for (key, value) in &mut behind {
        if node.hoists(key) {
            *value = beside.get_mut(key).map(std::mem::take).unwrap_or_default();
        }
    }
    Value::Object(behind)
}

fn scope<'a>(ctx: &ContextSelectionSet<'a>) -> &'a RequestScope {
    ctx.data_unchecked::<std::sync::Arc<RequestScope>>()
}

/// Returns the error at the path where it happened.
fn failed(ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>, error: Error) -> ServerError {
    let error = error.at(|| segments(ctx.path_node.as_ref()));
    ctx.set_error_path(async_graphql::Error::from(error).into_server_error(field.pos))
}

/// An object restricted to the fields that need only its key, or to all others. The remaining fields are skipped.
struct Part<'a, T> {
    object: &'a T,
    node: NodeRef<'a>,
    hoisted: bool,
}

impl<T: Loaded> ContainerType for Part<'_, T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        if self.node.hoists(&ctx.item.node.response_key().node) == self.hoisted {
            self.object.resolve_field(ctx).await
        } else {
            Ok(None)
        }
    }
}

impl<T: Loaded> OutputType for Part<'_, T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.object.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}
