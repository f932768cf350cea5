//! The two directives a field of a BFF carries. They stand in the internal SDL alone: neither introspection
//! nor the public SDL shows them.

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{MetaDirectiveInvocation, Registry, location_traits};
use async_graphql::{Name, TypeDirective, Value};
use fetch::{Command, Fetch, Rpc};

/// Definitions of both directives, as the internal SDL ends with them.
pub(super) const DEFINITIONS: &str = r#"
"""Where a key comes from: `argument.NAME`, `parent.PATH` (a path of the parent's message), `caller` (who asks), or `previous` (the step before)."""
scalar _KeySource

"""What a call does: `ASK` a question, `SEND` a command, or send one that nobody waits for (`SEND_LATER`)."""
enum _StepKind { ASK SEND SEND_LATER }

"""One call of a field."""
input _Step {
  "The type of the question or command."
  name: String!
  "What the call does."
  kind: _StepKind!
  "The RPC that answers it."
  rpc: String!
  "Where its keys come from."
  by: [_KeySource!]!
  "Paths of its answer that the field itself reads."
  reads: [String!]!
  "The type it answers, where the field may answer several and each has a call of its own."
  on: String
}

"""The calls behind a field, in order. With a fallback the field is optional, else critical."""
directive @fetch(steps: [_Step!]!, fallback: String) on FIELD_DEFINITION

"""Paths of the parent's message that the field reads."""
directive @reads(paths: [String!]!) on FIELD_DEFINITION
"#;

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

/// Nothing is registered: introspection would tell clients of both directives.
impl TypeDirective for fetches {
    fn name(&self) -> Cow<'static, str> {
        "fetch".into()
    }

    fn register(&self, _registry: &mut Registry) {}
}

impl TypeDirective for reads {
    fn name(&self) -> Cow<'static, str> {
        "reads".into()
    }

    fn register(&self, _registry: &mut Registry) {}
}

impl location_traits::Directive_At_FIELD_DEFINITION for fetches {}
impl location_traits::Directive_At_FIELD_DEFINITION for reads {}

/// The calls behind a field, in order.
#[derive(Debug)]
pub struct Steps {
    steps: Vec<Value>,
    fallback: Option<&'static str>,
}

/// A field that asks `F`, with keys from the given sources.
#[must_use]
pub fn ask<F: Fetch>(by: impl AsRef<[&'static str]>) -> Steps {
    Steps { steps: vec![asking::<F>(by.as_ref())], fallback: None }
}

/// A field that sends `C`, made from the given sources.
#[must_use]
pub fn send<C: Command>(by: impl AsRef<[&'static str]>) -> Steps {
    Steps { steps: vec![sending::<C>("SEND", by.as_ref())], fallback: None }
}

impl Steps {
    /// Then asks `F`, with keys from the answer of the step before.
    #[must_use]
    pub fn then<F: Fetch>(mut self) -> Self {
        self.steps.push(asking::<F>(&["previous"]));
        self
    }

    /// Or asks `F` instead, where the object to answer is one of the type `on`.
    #[must_use]
    pub fn or_on<F: Fetch>(mut self, on: &'static str, by: impl AsRef<[&'static str]>) -> Self {
        self.steps.push(asking::<F>(by.as_ref()));
        self.on(on)
    }

    /// The last step is the one for objects of the type `on`.
    #[must_use]
    pub fn on(mut self, on: &'static str) -> Self {
        if let Some(Value::Object(step)) = self.steps.last_mut() {
            step.insert(Name::new("on"), Value::from(on));
        }
        self
    }

    /// Then sends `C`.
    #[must_use]
    pub fn then_send<C: Command>(mut self, by: impl AsRef<[&'static str]>) -> Self {
        self.steps.push(sending::<C>("SEND", by.as_ref()));
        self
    }

    /// Then sends `C`, and does not wait for it.
    #[must_use]
    pub fn then_send_later<C: Command>(mut self, by: impl AsRef<[&'static str]>) -> Self {
        self.steps.push(sending::<C>("SEND_LATER", by.as_ref()));
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
}

fn asking<F: Fetch>(by: &[&'static str]) -> Value {
    step("ASK", F::name(), F::RPC, by, F::READS)
}

fn sending<C: Command>(kind: &'static str, by: &[&'static str]) -> Value {
    step(kind, C::name(), C::RPC, by, &[])
}

fn step(
    kind: &'static str,
    name: &'static str,
    rpc: Rpc,
    by: &[&'static str],
    paths: &[&'static str],
) -> Value {
    let mut step = IndexMap::new();
    step.insert(Name::new("name"), Value::from(name));
    step.insert(Name::new("kind"), Value::Enum(Name::new(kind)));
    step.insert(Name::new("rpc"), Value::from(rpc.path()));
    step.insert(Name::new("by"), strings(by));
    step.insert(Name::new("reads"), strings(paths));
    Value::Object(step)
}

fn strings(list: &[&'static str]) -> Value {
    Value::List(list.iter().map(|item| Value::from(*item)).collect())
}
