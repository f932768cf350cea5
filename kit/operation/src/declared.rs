//! Checks what the fields of a schema declare: their calls against the policy table, the sources of their keys, their
//! fallbacks, and the bounds of their lists.

use std::collections::BTreeSet;

use async_graphql_parser::types::BaseType;
use rpc::Policies;
use serde_json::Value;

use crate::schema::{FieldInfo, SchemaIndex, StepInfo, StepKind, base_name};

/// Returns all problems of a schema and a policy table, each in a sentence that names the field and the way out; empty if
/// there are none. A server with one does not start: plans would tell falsehoods, or requests would fail.
#[must_use]
pub fn declaration_problems(schema_index: &SchemaIndex, policies: &Policies) -> Vec<String> {
    let mut problems = policies.problems().to_vec();
    let mut called = BTreeSet::new();
    let bounded: BTreeSet<_> = fields(schema_index)
        .flat_map(|(_, _, info)| info.bounds.of.iter().map(|list| (info.type_name.as_str(), list.as_str())))
        .collect();
    for (type_name, name, info) in fields(schema_index) {
        let field = Declared { schema_index, field: format!("{type_name}.{name}"), info };
        for step in &info.steps {
            called.insert(step.name.as_str());
            problems.extend(field.without_row(step, policies));
            problems.extend(field.shared_name(step, policies));
            problems.extend(step.by.iter().filter_map(|source| field.unknown_source(source)));
        }
        problems.extend(info.bounds.by.iter().filter_map(|source| field.unknown_source(source)));
        problems.extend(field.wrong_fallback());
        problems.extend(field.unknown_lists());
        let is_bounded = info.bounds.items.is_some() || bounded.contains(&(type_name, name));
        if matches!(info.ty.base, BaseType::List(_)) && !is_bounded {
            problems.push(format!(
                "{} is a list of any length: say how many items it has at most, with `most = 20`",
                field.field
            ));
        }
    }
    let unused = policies.names().filter(|name| !called.contains(name));
    problems.extend(unused.map(|name| {
        format!("the policy table has a row for {name}, which no field fetches or sends: take the row out")
    }));
    problems
}

/// Returns every field of every type that can be selected, by the names of the type and the field.
fn fields(schema_index: &SchemaIndex) -> impl Iterator<Item = (&str, &str, &FieldInfo)> {
    let types = schema_index.types().into_iter();
    types.flat_map(|(type_name, fields)| {
        fields.iter().map(move |(name, info)| (type_name, name.as_str(), &**info))
    })
}

/// A field and what it declares.
struct Declared<'a> {
    schema_index: &'a SchemaIndex,
    /// Type and name, such as `Query.product`.
    field: String,
    info: &'a FieldInfo,
}

impl Declared<'_> {
    fn without_row(&self, step: &StepInfo, policies: &Policies) -> Option<String> {
        let Self { field, .. } = self;
        let (verb, method) = match step.kind {
            StepKind::Fetch => ("fetches", "fetch"),
            _ => ("sends", "command"),
        };
        let name = &step.name;
        policies.get(name).is_none().then(|| {
            format!(
                "{field} {verb} {name}, which has no row in the policy table: add `.{method}::<{name}>(Policy::within_ms(…))`"
            )
        })
    }

    /// Returns the problem of a call whose name is that of another one in the table.
    fn shared_name(&self, step: &StepInfo, policies: &Policies) -> Option<String> {
        let (Self { field, .. }, StepInfo { name, rpc, .. }) = (self, step);
        let other = policies.rpc(name).filter(|row| row.path() != rpc)?.path();
        Some(format!(
            "{field} calls {rpc} as {name}, which is {other} in the policy table: give each call its own name"
        ))
    }

    /// Returns the problem of a source that the field does not have.
    fn unknown_source(&self, source: &str) -> Option<String> {
        let Self { schema_index, field, info } = self;
        let (kind, path) = source.split_once('.').unwrap_or((source, ""));
        let problem = match kind {
            "parent" | "caller" | "previous" => return None,
            "argument" => "no part of its arguments",
            _ => "no source of keys",
        };
        let mut names = path.split('.');
        let argument = names.next().and_then(|name| info.arguments.get(name)).filter(|_| kind == "argument");
        let part = names.fold(argument, |part, name| schema_index.input(base_name(&part?.ty))?.get(name));
        part.is_none().then(|| format!("{field} is keyed by {source}, which is {problem}"))
    }

    /// Returns the problem of a fallback that the field cannot take.
    fn wrong_fallback(&self) -> Option<String> {
        let Self { field, info, .. } = self;
        let text = info.fallback.as_deref()?;
        let problem = match serde_json::from_str(text) {
            Err(_) => "which is no JSON",
            Ok(Value::Null) if !info.ty.nullable => "which it is never: make the field nullable",
            Ok(Value::Array(_)) if !matches!(info.ty.base, BaseType::List(_)) => "and is no list",
            Ok(_) => return None,
        };
        Some(format!("{field} falls back to {text}, {problem}"))
    }

    /// Returns the problems of bounds on lists that the field's object does not have.
    fn unknown_lists(&self) -> impl Iterator<Item = String> {
        let Self { schema_index, field, info } = self;
        let is_list = |name: &str| {
            let list = schema_index.field(&info.type_name, name);
            list.is_some_and(|list| matches!(list.ty.base, BaseType::List(_)))
        };
        let unknown = info.bounds.of.iter().filter(move |name| !is_list(name));
        unknown.map(move |name| format!("{field} bounds {name}, which is no list of {}", info.type_name))
    }
}

#[cfg(test)]
mod tests {
    use rpc::{Policy, Rpc};

    use super::*;

    const SDL: &str = r#"
        schema { query: Query }
        input Where { category: String }
        type Product { id: ID! }
        type Page { items: [Product!]! more: [Product!]! }
        type Query {
            product(id: ID!): Product @fetch(steps: [{ name: "ProductById", kind: FETCH, rpc: "a.B/Get",
                by: ["argument.id"], reads: [], keys: 1, idempotency: NO_SIDE_EFFECTS, public: true }], fallback: "null")
            page(first: Int!, where: Where): Page @bounds(items: 20, by: "argument.first", of: ["items", "more"])
                @fetch(steps: [{ name: "ProductsIn", kind: FETCH, rpc: "a.B/List", by: ["argument.where.category"],
                reads: [], keys: 1, idempotency: NO_SIDE_EFFECTS, public: true }])
        }
    "#;

    fn problems(sdl: &str, names: &[&'static str]) -> Vec<String> {
        let row = |policies: Policies, name| {
            let rpc = if name == "ProductsIn" { Rpc::read("a.B/List") } else { Rpc::read("a.B/Get") };
            policies.row(name, rpc, Policy::within_ms(100))
        };
        let policies = names.iter().copied().fold(Policies::new(), row);
        declaration_problems(&SchemaIndex::of(sdl), &policies)
    }

    #[test]
    fn a_schema_that_keeps_its_word_has_no_problem() {
        assert_eq!(problems(SDL, &["ProductById", "ProductsIn"]), [""; 0]);
    }

    #[test]
    fn each_mistake_is_named_with_its_field() {
        for (from, to, problem) in [
            ("argument.id", "argument.idd", "Query.product is keyed by argument.idd, which is no part of"),
            ("argument.where.category", "argument.where.kind", "Query.page is keyed by argument.where.kind"),
            ("\"argument.first\"", "\"argument.frist\"", "Query.page is keyed by argument.frist"),
            ("a.B/Get", "a.C/Get", "Query.product calls a.C/Get as ProductById, which is a.B/Get in"),
            ("argument.id", "paren.id", "which is no source of keys"),
            ("\"null\"", "\"nul\"", "Query.product falls back to nul, which is no JSON"),
            ("\"null\"", "\"[]\"", "Query.product falls back to [], and is no list"),
            ("product(id: ID!): Product", "product(id: ID!): Product!", "null, which it is never"),
            ("[\"items\", \"more\"]", "[\"items\"]", "Page.more is a list of any length"),
            ("[\"items\", \"more\"]", "[\"items\", \"more\", \"id\"]", "bounds id, which is no list of Page"),
        ] {
            assert!(SDL.contains(from), "{from}");
            let found = problems(&SDL.replace(from, to), &["ProductById", "ProductsIn"]);
            assert!(matches!(&found[..], [one] if one.contains(problem)), "{from} → {to}: {found:?}");
        }
    }

    #[test]
    fn rows_and_calls_match() {
        assert_eq!(
            problems(SDL, &["ProductById"]),
            ["Query.page fetches ProductsIn, which has no row in the policy table: add \
              `.fetch::<ProductsIn>(Policy::within_ms(…))`"]
        );
        let found = problems(SDL, &["ProductById", "ProductsIn", "Other"]);
        assert!(matches!(&found[..], [one] if one.contains("a row for Other, which no field")), "{found:?}");
        let found = problems(SDL, &["ProductById", "ProductById", "ProductsIn"]);
        assert!(matches!(&found[..], [one] if one.contains("two rows of this name")), "{found:?}");
    }
}
