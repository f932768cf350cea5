//! Paths of resolvers in the answer.

use async_graphql::{PathSegment, QueryPathNode, QueryPathSegment};

/// Visits the segments of a path from the root on, until a visit fails.
pub fn try_visit<'a, E>(
    node: &QueryPathNode<'a>,
    visit: &mut impl FnMut(QueryPathSegment<'a>) -> Result<(), E>,
) -> Result<(), E> {
    if let Some(parent) = node.parent {
        try_visit(parent, visit)?;
    }
    visit(node.segment)
}

/// Returns the path of a resolver without list indices, such as `"products.items.reviews"`.
#[must_use]
pub fn field_path(node: Option<&QueryPathNode<'_>>) -> String {
    names(&segments(node))
}

/// Formats a path of segments without list indices, such as `"products.items.reviews"`.
#[must_use]
pub fn names(path: &[PathSegment]) -> String {
    let names = path.iter().filter_map(|segment| match segment {
        PathSegment::Field(name) => Some(name.as_str()),
        PathSegment::Index(_) => None,
    });
    names.collect::<Vec<_>>().join(".")
}

/// Returns the path of a resolver as an error carries it.
#[must_use]
pub fn segments(node: Option<&QueryPathNode<'_>>) -> Vec<PathSegment> {
    let mut segments = Vec::new();
    if let Some(node) = node {
        let all: Result<(), std::convert::Infallible> = try_visit(node, &mut |segment| {
            segments.push(match segment {
                QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
                QueryPathSegment::Index(index) => PathSegment::Index(index),
            });
            Ok(())
        });
        let Ok(()) = all;
    }
    segments
}
