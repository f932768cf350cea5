//! The directives on the fields of a BFF. Only the internal SDL contains them: neither introspection nor the public SDL
//! shows them.

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{MetaDirectiveInvocation, Registry, location_traits};
use async_graphql::{Name, TypeDirective, Value};
use fetch::{Command, Fetch, Idempotency, Keyed, Rpc};

use crate::reference::Loaded;

/// `@fetch`: the calls behind a field.
///
/// ```text
/// #[graphql(directive = fetches::apply(fetch::<ReviewsOf>(["parent.id", "argument.first"]).or("[]")))]
/// ```
#[expect(non_camel_case_types, reason = "async-graphql calls `apply` on the directive's own name")]
pub struct fetches;

impl fetches {
    /// Returns the directive for a field's steps.
    #[must_use]
    pub fn apply(steps: Steps) -> MetaDirectiveInvocation {
        let mut args = IndexMap::new();
        args.insert("steps".to_owned(), Value::List(steps.steps));
        if let Some(fallback) = steps.fallback {
            args.insert("fallback".to_owned(), Value::String(fallback.to_owned()));
        }
        MetaDirectiveInvocation { name: "fetch".to_owned(), args }
    }
}

/// `@reads`: the paths of the parent's message that a plain field reads.
#[expect(non_camel_case_types, reason = "async-graphql calls `apply` on the directive's own name")]
pub struct reads;

impl reads {
    /// Returns the directive for a field's paths.
    #[must_use]
    pub fn apply(paths: impl AsRef<[&'static str]>) -> MetaDirectiveInvocation {
        let mut args = IndexMap::new();
        args.insert("paths".to_owned(), strings(paths.as_ref()));
        MetaDirectiveInvocation { name: "reads".to_owned(), args }
    }
}

/// `@bounds`: the upper bound on the size of a field's value.
///
/// ```text
/// #[graphql(directive = bounds::apply(items(20).by("argument.first").of(["items"])))]
/// #[graphql(directive = bounds::apply(bytes(2_000)))]
/// ```
#[expect(non_camel_case_types, reason = "async-graphql calls `apply` on the directive's own name")]
pub struct bounds;

impl bounds {
    /// Returns the directive for a bound.
    #[must_use]
    pub fn apply(bound: Bound) -> MetaDirectiveInvocation {
        MetaDirectiveInvocation { name: "bounds".to_owned(), args: bound.0 }
    }
}

/// Upper bound on the size of a field's value.
#[derive(Debug)]
pub struct Bound(IndexMap<String, Value>);

/// Bounds a list to this number of items.
#[must_use]
pub fn items(most: i32) -> Bound {
    Bound(IndexMap::from([("items".to_owned(), Value::from(most))]))
}

/// Bounds a string to this number of bytes.
#[must_use]
pub fn bytes(most: i32) -> Bound {
    Bound(IndexMap::from([("bytes".to_owned(), Value::from(most))]))
}

impl Bound {
    /// Bounds the list further by an argument, such as `argument.first`: by its number, or by the number of its items.
    #[must_use]
    pub fn by(mut self, source: &'static str) -> Self {
        self.0.insert("by".to_owned(), Value::from(source));
        self
    }

    /// Bounds the bytes of each text as well.
    #[must_use]
    pub fn and_bytes(mut self, most: i32) -> Self {
        self.0.insert("bytes".to_owned(), Value::from(most));
        self
    }

    /// Applies the bound to these fields of the field's value, instead of to the value itself.
    #[must_use]
    pub fn of(mut self, fields: impl AsRef<[&'static str]>) -> Self {
        self.0.insert("of".to_owned(), strings(fields.as_ref()));
        self
    }
}

/// `@requires`: what a principal must bring to use a field, or any field of an object.
///
/// ```text
/// #[graphql(directive = requires::apply(signed_in().with_scopes(["orders.write"])))]
/// ```
#[expect(non_camel_case_types, reason = "async-graphql calls `apply` on the directive's own name")]
pub struct requires;

impl requires {
    /// Returns the directive for a requirement.
    #[must_use]
    pub fn apply(requirement: Requirement) -> MetaDirectiveInvocation {
        MetaDirectiveInvocation { name: "requires".to_owned(), args: requirement.0 }
    }
}

/// A requirement on a principal.
#[derive(Debug)]
pub struct Requirement(IndexMap<String, Value>);

/// Requires a user who is signed in.
#[must_use]
pub fn signed_in() -> Requirement {
    Requirement(IndexMap::from([("user".to_owned(), Value::from(true))]))
}

/// Requires a credential with all of these scopes, whoever presents it.
#[must_use]
pub fn scopes(names: impl AsRef<[&'static str]>) -> Requirement {
    Requirement(IndexMap::new()).with_scopes(names)
}

impl Requirement {
    /// Requires these scopes as well.
    #[must_use]
    pub fn with_scopes(mut self, names: impl AsRef<[&'static str]>) -> Self {
        self.0.insert("scopes".to_owned(), strings(names.as_ref()));
        self
    }
}

/// Implements directives that are not registered, since introspection would show registered ones to clients.
macro_rules! internal {
    ($($directive:ident as $name:literal),*) => {$(
        impl TypeDirective for $directive {
            fn name(&self) -> Cow<'static, str> {
                $name.into()
            }

            fn register(&self, _registry: &mut Registry) {}
        }

        impl location_traits::Directive_At_FIELD_DEFINITION for $directive {}
    )*};
}

internal!(fetches as "fetch", reads as "reads", bounds as "bounds", requires as "requires");

impl location_traits::Directive_At_OBJECT for requires {}

/// The calls behind a field, in order.
#[derive(Debug)]
pub struct Steps {
    steps: Vec<Value>,
    fallback: Option<&'static str>,
}

/// Declares the fetch `F`, with keys from the given sources.
#[must_use]
pub fn fetch<F: Fetch>(by: impl AsRef<[&'static str]>) -> Steps {
    Steps { steps: vec![fetching::<F>(by.as_ref())], fallback: None }
}

/// Declares that the field returns an object whose key is known before its message: a [`Ref`](crate::Ref).
#[must_use]
pub fn hoist<T: Loaded>(by: impl AsRef<[&'static str]>) -> Steps {
    Steps { steps: vec![holding::<T>(by.as_ref())], fallback: None }
}

/// Declares the command `C`, made from the given sources.
#[must_use]
pub fn send<C: Command>(by: impl AsRef<[&'static str]>) -> Steps {
    Steps { steps: vec![sending::<C>("COMMAND", by.as_ref())], fallback: None }
}

impl Steps {
    /// Adds the fetch `F`, with keys from the value of the step before.
    #[must_use]
    pub fn then<F: Fetch>(mut self) -> Self {
        self.steps.push(fetching::<F>(&["previous"]));
        self
    }

    /// Adds the fetch `F`, with keys from the value of the step before and from these sources.
    #[must_use]
    pub fn then_with<F: Fetch>(mut self, by: impl AsRef<[&'static str]>) -> Self {
        self.steps.push(fetching::<F>(&[&["previous"], by.as_ref()].concat()));
        self
    }

    /// Adds objects whose keys are the value of the step before: a [`RefList`](crate::RefList).
    #[must_use]
    pub fn then_hoist<T: Loaded>(mut self) -> Self {
        self.steps.push(holding::<T>(&["previous"]));
        self
    }

    /// Makes the last step best effort: the field goes on without the step if it fails.
    #[must_use]
    pub fn best_effort(self) -> Self {
        self.last("bestEffort", Value::from(true))
    }

    /// Makes the last step coalesced: it waits for all other fields of the operation with the same fetch, however late
    /// their keys become known, so that all keys travel in one call. This suits services that many small calls hurt
    /// more than a late response. It has no effect among the fields of a mutation.
    #[must_use]
    pub fn coalesced(self) -> Self {
        self.last("coalesced", Value::from(true))
    }

    /// Gives the last step so many keys at most, of which the field makes one value, such as a sum. Steps behind it have as
    /// many.
    #[must_use]
    pub fn each(self, most: i32) -> Self {
        self.last("each", Value::from(most))
    }

    /// Adds the fetch `F` as an alternative, for objects of the type `on`.
    #[must_use]
    pub fn or_on<F: Fetch>(mut self, on: &'static str, by: impl AsRef<[&'static str]>) -> Self {
        self.steps.push(fetching::<F>(by.as_ref()));
        self.on(on)
    }

    /// Restricts the last step to objects of the type `on`.
    #[must_use]
    pub fn on(self, on: &'static str) -> Self {
        self.last("on", Value::from(on))
    }

    /// Adds the command `C`.
    #[must_use]
    pub fn then_send<C: Command>(mut self, by: impl AsRef<[&'static str]>) -> Self {
        self.steps.push(sending::<C>("COMMAND", by.as_ref()));
        self
    }

    /// Adds the command `C`, for which the field does not wait.
    #[must_use]
    pub fn then_send_later<C: Command>(mut self, by: impl AsRef<[&'static str]>) -> Self {
        self.steps.push(sending::<C>("COMMAND_LATER", by.as_ref()));
        self
    }

    /// Adds paths of the last step's response that the field itself reads.
    #[must_use]
    pub fn reading(mut self, paths: impl AsRef<[&'static str]>) -> Self {
        if let Some(Value::Object(step)) = self.steps.last_mut()
            && let Some(Value::List(list)) = step.get_mut("reads")
        {
            list.extend(paths.as_ref().iter().map(|path| Value::from(*path)));
        }
        self
    }

    /// Adds paths of the value of `F`, which the last step fetches, or of the items of its list. The list itself stands for all
    /// of its items.
    #[must_use]
    pub fn reading_of<F: Fetch>(self, paths: impl AsRef<[&'static str]>) -> Self {
        let is_list = |path: &'static str| !F::LIST.is_empty() && path == F::LIST;
        let paths: Vec<_> =
            paths.as_ref().iter().map(|path| if is_list(path) { "*" } else { *path }).collect();
        self.reading(paths)
    }

    /// Adds paths of the value of `F`, which the last step fetches, that the field itself reads. Paths beside the items of a
    /// list are in no read mask.
    #[must_use]
    pub fn taking<F: Fetch>(self, paths: impl AsRef<[&'static str]>) -> Self {
        if F::LIST.is_empty() { self.reading(paths) } else { self }
    }

    /// Adds paths of the value of `F`, which the last step fetches, that a function reads with everything below them: of a
    /// list from whose items the read mask selects, all items as they are.
    #[must_use]
    pub fn taking_whole<F: Fetch>(self, paths: impl AsRef<[&'static str]>) -> Self {
        let is_list = !F::LIST.is_empty() && paths.as_ref().contains(&F::LIST);
        if is_list { self.reading(["*"]) } else { self.taking::<F>(paths) }
    }

    /// Makes the field optional: if its calls fail, the field takes this value, written as JSON, and the answer reports
    /// that in `extensions.degraded`.
    #[must_use]
    pub fn or(mut self, fallback: &'static str) -> Self {
        self.fallback = Some(fallback);
        self
    }

    fn last(mut self, name: &'static str, value: Value) -> Self {
        if let Some(Value::Object(step)) = self.steps.last_mut() {
            step.insert(Name::new(name), value);
        }
        self
    }
}

fn fetching<F: Fetch>(by: &[&'static str]) -> Value {
    let mine = Some("caller").filter(|caller| F::MINE && !by.contains(caller));
    let by: Vec<_> = mine.into_iter().chain(by.iter().copied()).collect();
    let mut step = step("FETCH", F::NAME, F::RPC, &by, F::READS, F::MAX_KEYS);
    if let Value::Object(step) = &mut step {
        step.insert(Name::new("atOnce"), Value::from(F::AT_ONCE));
        if !F::MASKED {
            step.insert(Name::new("masked"), Value::from(false));
        }
    }
    step
}

fn holding<T: Loaded>(by: &[&'static str]) -> Value {
    let mut step = fetching::<T::By>(by);
    if let Value::Object(step) = &mut step {
        step.insert(Name::new("holds"), strings(<T::By as Keyed>::KEY));
    }
    step
}

fn sending<C: Command>(kind: &'static str, by: &[&'static str]) -> Value {
    step(kind, C::NAME, C::RPC, by, &[], 1)
}

fn step(
    kind: &'static str,
    name: &'static str,
    rpc: Rpc,
    by: &[&'static str],
    paths: &[&'static str],
    keys: usize,
) -> Value {
    let idempotency = match rpc.idempotency() {
        Idempotency::NoSideEffects => "NO_SIDE_EFFECTS",
        Idempotency::Idempotent => "IDEMPOTENT",
        Idempotency::NonIdempotent => "NON_IDEMPOTENT",
    };
    let mut step = IndexMap::new();
    step.insert(Name::new("name"), Value::from(name));
    step.insert(Name::new("kind"), Value::Enum(Name::new(kind)));
    step.insert(Name::new("rpc"), Value::from(rpc.path()));
    step.insert(Name::new("by"), strings(by));
    step.insert(Name::new("reads"), strings(paths));
    step.insert(Name::new("keys"), Value::from(keys));
    step.insert(Name::new("idempotency"), Value::Enum(Name::new(idempotency)));
    step.insert(Name::new("public"), Value::from(rpc.is_public()));
    Value::Object(step)
}

fn strings(list: &[&'static str]) -> Value {
    Value::List(list.iter().map(|item| Value::from(*item)).collect())
}
