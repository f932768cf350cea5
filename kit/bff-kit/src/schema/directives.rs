//! The directives a field of a BFF carries. They stand in the internal SDL alone: neither introspection nor the
//! public SDL shows them.

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{MetaDirectiveInvocation, Registry, location_traits};
use async_graphql::{Name, TypeDirective, Value};
use fetch::{Command, Fetch, Idempotency, Keyed, Rpc};

use crate::reference::Loaded;

/// `@fetch`: the calls behind a field.
///
/// ```text
/// #[graphql(directive = fetches::apply(ask::<ReviewsOf>(["parent.id", "argument.first"]).or("[]")))]
/// ```
#[expect(non_camel_case_types, reason = "async-graphql calls `apply` on the directive's own name")]
pub struct fetches;

impl fetches {
    /// The directive for a field's steps.
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

/// `@reads`: the paths of the parent's message a plain field reads.
#[expect(non_camel_case_types, reason = "async-graphql calls `apply` on the directive's own name")]
pub struct reads;

impl reads {
    /// The directive for a field's paths.
    #[must_use]
    pub fn apply<const N: usize>(paths: [&'static str; N]) -> MetaDirectiveInvocation {
        let mut args = IndexMap::new();
        args.insert("paths".to_owned(), strings(&paths));
        MetaDirectiveInvocation { name: "reads".to_owned(), args }
    }
}

/// `@bounds`: how large a field's answer is at most.
///
/// ```text
/// #[graphql(directive = bounds::apply(items(20).by("argument.first").of(["items"])))]
/// #[graphql(directive = bounds::apply(bytes(2_000)))]
/// ```
#[expect(non_camel_case_types, reason = "async-graphql calls `apply` on the directive's own name")]
pub struct bounds;

impl bounds {
    /// The directive for a bound.
    #[must_use]
    pub fn apply(bound: Bound) -> MetaDirectiveInvocation {
        MetaDirectiveInvocation { name: "bounds".to_owned(), args: bound.0 }
    }
}

/// How large an answer is at most.
#[derive(Debug)]
pub struct Bound(IndexMap<String, Value>);

/// A list of so many items at most.
#[must_use]
pub fn items(most: i32) -> Bound {
    Bound(IndexMap::from([("items".to_owned(), Value::from(most))]))
}

/// A string of so many bytes at most.
#[must_use]
pub fn bytes(most: i32) -> Bound {
    Bound(IndexMap::from([("bytes".to_owned(), Value::from(most))]))
}

impl Bound {
    /// Of as many items as this argument says, or holds, such as `argument.first`.
    #[must_use]
    pub fn by(mut self, source: &'static str) -> Self {
        self.0.insert("by".to_owned(), Value::from(source));
        self
    }

    /// The list is not the field itself but these fields of what it answers.
    #[must_use]
    pub fn of(mut self, fields: impl AsRef<[&'static str]>) -> Self {
        self.0.insert("of".to_owned(), strings(fields.as_ref()));
        self
    }
}

/// Nothing is registered: introspection would tell clients of the directives.
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

internal!(fetches as "fetch", reads as "reads", bounds as "bounds");

/// The calls behind a field, in order.
#[derive(Debug)]
pub struct Steps {
    steps: Vec<Value>,
    fallback: Option<&'static str>,
}

/// A field that asks `F`, with keys from the given sources.
#[must_use]
pub fn fetch<F: Fetch>(by: impl AsRef<[&'static str]>) -> Steps {
    Steps { steps: vec![asking::<F>(by.as_ref())], fallback: None }
}

/// A field that answers an object whose key is known before its message: [`Ref`](crate::Ref).
#[must_use]
pub fn hoist<T: Loaded>(by: impl AsRef<[&'static str]>) -> Steps {
    Steps { steps: vec![holding::<T>(by.as_ref())], fallback: None }
}

/// A field that sends `C`, made from the given sources.
#[must_use]
pub fn send<C: Command>(by: impl AsRef<[&'static str]>) -> Steps {
    Steps { steps: vec![sending::<C>("COMMAND", by.as_ref())], fallback: None }
}

impl Steps {
    /// Then asks `F`, with keys from the answer of the step before.
    #[must_use]
    pub fn then<F: Fetch>(mut self) -> Self {
        self.steps.push(asking::<F>(&["previous"]));
        self
    }

    /// Then answers objects whose keys are the answer of the step before: a
    /// [`RefList`](crate::RefList).
    #[must_use]
    pub fn then_hoist<T: Loaded>(mut self) -> Self {
        self.steps.push(holding::<T>(&["previous"]));
        self
    }

    /// The field does without the last step when that fails, and goes on.
    #[must_use]
    pub fn best_effort(self) -> Self {
        self.last("bestEffort", Value::from(true))
    }

    /// The last step waits for whatever else of the operation asks the same question, however slow that comes by
    /// its keys, so that all of them travel in one call: for services that many small calls hurt more than a late
    /// answer. Among the fields of a mutation it changes nothing.
    #[must_use]
    pub fn coalesced(self) -> Self {
        self.last("coalesced", Value::from(true))
    }

    /// Or asks `F` instead, where the object to answer is one of the type `on`.
    #[must_use]
    pub fn or_on<F: Fetch>(mut self, on: &'static str, by: impl AsRef<[&'static str]>) -> Self {
        self.steps.push(asking::<F>(by.as_ref()));
        self.on(on)
    }

    /// The last step is the one for objects of the type `on`.
    #[must_use]
    pub fn on(self, on: &'static str) -> Self {
        self.last("on", Value::from(on))
    }

    /// Then sends `C`.
    #[must_use]
    pub fn then_send<C: Command>(mut self, by: impl AsRef<[&'static str]>) -> Self {
        self.steps.push(sending::<C>("COMMAND", by.as_ref()));
        self
    }

    /// Then sends `C`, and does not wait for it.
    #[must_use]
    pub fn then_send_later<C: Command>(mut self, by: impl AsRef<[&'static str]>) -> Self {
        self.steps.push(sending::<C>("COMMAND_LATER", by.as_ref()));
        self
    }

    /// Paths of the last step's answer that the field itself reads.
    #[must_use]
    pub fn reading(mut self, paths: impl AsRef<[&'static str]>) -> Self {
        if let Some(Value::Object(step)) = self.steps.last_mut()
            && let Some(Value::List(list)) = step.get_mut("reads")
        {
            list.extend(paths.as_ref().iter().map(|path| Value::from(*path)));
        }
        self
    }

    /// Makes the field optional: when its calls fail it takes this value, written as JSON, and the answer says
    /// so in `extensions.degraded`.
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

fn asking<F: Fetch>(by: &[&'static str]) -> Value {
    step("FETCH", F::name(), F::RPC, by, F::READS, F::MAX_KEYS)
}

fn holding<T: Loaded>(by: &[&'static str]) -> Value {
    let mut step = asking::<T::By>(by);
    if let Value::Object(step) = &mut step {
        step.insert(Name::new("holds"), strings(<T::By as Keyed>::KEY));
    }
    step
}

fn sending<C: Command>(kind: &'static str, by: &[&'static str]) -> Value {
    step(kind, C::name(), C::RPC, by, &[], 1)
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
