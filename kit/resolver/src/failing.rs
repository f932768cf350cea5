//! Fields that fail because of the variables or the principal of a request, before any service is called.
//!
//! async-graphql treats an argument that is null but must not be as an error of the object around the field. By the
//! specification it is an error of the field itself, which is then null if it is nullable. A request in which that
//! happens, or that selects a field which its principal may not use, therefore runs on a separate schema with this
//! extension; all others run on one without it.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::parser::types::{BaseType, Type};
use async_graphql::{PathSegment, QueryPathNode, QueryPathSegment, ServerError, ServerResult, Value};
use operation::Code;
use operation::at_places;
use operation::path::{segments, try_visit};
use operation::{Failing, FailingCause, NULL_CONDITION};

use crate::error::{Error, server_error};
use crate::scope::RequestScope;

/// Fails the fields that the scope of the request lists as failing.
pub struct FailingFields;

impl ExtensionFactory for FailingFields {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for FailingFields {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let scope = ctx.data_unchecked::<Arc<RequestScope>>();
        let failing =
            scope.failing().iter().find(|it| it.parent == info.parent_type && is_at(it, info.path_node));
        let Some(failing) = failing.filter(|_| matches!(info.path_node.segment, QueryPathSegment::Name(_)))
        else {
            return next.run(ctx, info).await;
        };
        let path = segments(Some(info.path_node));
        let Some(ty) = Type::new(info.return_type) else { return next.run(ctx, info).await };
        match &failing.cause {
            FailingCause::NullArgument(_) | FailingCause::Unauthenticated | FailingCause::Forbidden => {
                failed(scope, failing, path, &ty).map(Some)
            }
            FailingCause::NullCondition => {
                let value = next.run(ctx, info).await?.unwrap_or_default();
                without_objects(scope, failing, value, path, &ty).map(Some)
            }
        }
    }
}

/// Returns true if a failing field is at the path of a resolver, list indices aside.
fn is_at(failing: &Failing, node: &QueryPathNode<'_>) -> bool {
    let mut names = failing.path.iter();
    let visited = try_visit(node, &mut |segment| match segment {
        QueryPathSegment::Index(_) => Ok(()),
        QueryPathSegment::Name(name) => names.next().filter(|it| it.as_str() == name).map(|_| ()).ok_or(()),
    });
    visited.is_ok() && names.next().is_none()
}

/// Returns the value with an error in place of each object that is marked as failing.
fn without_objects(
    scope: &RequestScope,
    failing: &Failing,
    value: Value,
    path: Vec<PathSegment>,
    ty: &Type,
) -> ServerResult<Value> {
    match (value, &ty.base) {
        (Value::Null, _) => Ok(Value::Null),
        (Value::List(items), BaseType::List(item)) => {
            let items = items.into_iter().enumerate().map(|(index, value)| {
                let path = path.iter().cloned().chain([PathSegment::Index(index)]).collect();
                without_objects(scope, failing, value, path, item)
            });
            match items.collect::<ServerResult<Vec<_>>>() {
                Ok(items) => Ok(Value::List(items)),
                Err(error) => null_or(scope, error, ty),
            }
        }
        (Value::Object(fields), _) if !fields.contains_key(NULL_CONDITION) => Ok(Value::Object(fields)),
        _ => failed(scope, failing, path, ty),
    }
}

/// Fails a field: null with an error beside it if the field is nullable, else an error of the object around it.
fn failed(scope: &RequestScope, failing: &Failing, path: Vec<PathSegment>, ty: &Type) -> ServerResult<Value> {
    let error = match &failing.cause {
        FailingCause::NullArgument(name) => Error::bad_input(name.as_str(), "must not be null"),
        FailingCause::Unauthenticated => Error::nobody_acts(),
        FailingCause::Forbidden => Error::may_not(),
        FailingCause::NullCondition => {
            Error::client(Code::BadUserInput, "The condition of `@skip` or `@include` must not be null.")
        }
    };
    let error = at_places(server_error(error.at(|| path.clone())), vec![failing.pos]);
    null_or(scope, ServerError { path, ..error }, ty)
}

fn null_or(scope: &RequestScope, error: ServerError, ty: &Type) -> ServerResult<Value> {
    if !ty.nullable {
        return Err(error);
    }
    scope.failed(error);
    Ok(Value::Null)
}
