//! Rule on fields with one response key: they are the same field, or can never occur in one object together.
//!
//! The specification compares each pair of fields. Large groups are compared to their first field instead, since fields
//! that match the same field match each other. One comparison is for identity (fields that may occur in one object have
//! one name and the same arguments), the other for the shape of values (a response key always holds a list or never,
//! and one type of leaf, whatever the object is). Each combination of fields is visited once.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use async_graphql::Pos;
use async_graphql_parser::types::{BaseType, OperationType, Type};
use async_graphql_value::indexmap::IndexMap;

use super::Validator;
use crate::document::{Argument, Field, Literal, Selection, SelectionSet, Value};
use crate::schema::{FieldInfo, Kind, SchemaIndex};

/// Maximum number of visits of a field. A document that would take more fails validation rather than passing unchecked.
const MOST: usize = 200_000;

/// Maximum number of fields of one key for which each pair is compared, so that every place to correct is reported.
const FEW: usize = 32;

/// A selected field.
#[derive(Clone)]
struct Selected<'a> {
    field: &'a Field,
    /// Type that the field is selected on; `None` if not known.
    parent: Option<&'a str>,
    info: Option<&'a FieldInfo>,
    /// Type that the field's own selections are on; `None` if not known.
    below: Option<&'a str>,
    /// Enclosing fields, from the innermost to the root.
    around: Option<Rc<Around<'a>>>,
}

struct Around<'a> {
    field: &'a Field,
    around: Option<Rc<Around<'a>>>,
}

/// Selection sets whose fields are in one object of the answer, each with the type and the field it is selected on.
type Sets<'a> = Vec<(&'a SelectionSet, Option<&'a str>, Option<Rc<Around<'a>>>)>;

type Groups<'a> = IndexMap<&'a str, Vec<Selected<'a>>>;

impl Validator<'_> {
    pub(super) fn merged(&mut self, used: &HashSet<Pos>) {
        let schema_index = self.schema_index;
        let mut merge = Merge {
            validator: self,
            left: MOST,
            single: HashSet::new(),
            same: HashSet::new(),
            shapes: HashSet::new(),
            told: HashSet::new(),
        };
        let document = merge.validator.document;
        for operation in &document.operations {
            let root = match operation.ty {
                OperationType::Query => Some(schema_index.query()),
                OperationType::Mutation => schema_index.mutation(),
                OperationType::Subscription => None,
            };
            merge.of(&operation.selections, root);
        }
        // Unused fragments are not valid and not reached from an operation, but have conflicts of their own.
        for fragment in document.fragments.iter().filter(|it| !used.contains(&it.pos)) {
            merge.of(&fragment.selections, Some(&fragment.on.node));
        }
        if merge.left == 0
            && let Some(operation) = document.operations.first()
        {
            self.wrong(operation.pos, "The document selects too much under the same names to be compared.");
        }
    }
}

struct Merge<'v, 'a> {
    validator: &'v mut Validator<'a>,
    left: usize,
    /// Combinations of fields that were visited, for each kind of visit.
    single: HashSet<Vec<*const Field>>,
    same: HashSet<Vec<*const Field>>,
    shapes: HashSet<Vec<*const Field>>,
    /// Positions of the conflicts that were reported.
    told: HashSet<Vec<(usize, usize)>>,
}

impl<'a> Merge<'_, 'a> {
    fn of(&mut self, set: &'a SelectionSet, parent: Option<&'a str>) {
        self.alone(&vec![(set, parent, None)]);
    }

    /// Checks selection sets that share their object with no others. Most keys are selected once: such a field is
    /// compared to none, and its own selections share their object with no others either.
    fn alone(&mut self, sets: &Sets<'a>) {
        for fields in self.grouped(sets).values() {
            if fields.len() > 1 {
                self.same_of(fields);
                self.shape_of(fields);
            } else if is_new(&mut self.single, fields) {
                self.alone(&below(fields));
            }
        }
    }

    /// Reports fields that are not the same and may be in one object.
    fn same(&mut self, sets: &Sets<'a>) {
        for fields in self.grouped(sets).values() {
            self.same_of(fields);
        }
    }

    fn same_of(&mut self, fields: &[Selected<'a>]) {
        let schema_index = self.validator.schema_index;
        if !is_new(&mut self.same, fields) {
            return;
        }
        let object_of =
            |it: &Selected<'a>| it.parent.filter(|parent| schema_index.kind(parent) == Some(Kind::Object));
        let mut objects: Vec<_> = fields.iter().map(object_of).collect();
        objects.sort_unstable();
        objects.dedup();
        // A field selected on an interface may be in every object, so it is compared within each of them.
        if objects.len() > 1 {
            objects.retain(Option::is_some);
        }
        for object in objects {
            let meet = |it: &&Selected<'a>| matches!(object_of(it), of if of.is_none() || of == object);
            let together = fields.iter().filter(meet).cloned().collect();
            let alike = self.compare(together, |first, other| conflict(first.field, other.field));
            for fields in &alike {
                self.same(&below(fields));
            }
        }
    }

    /// Reports fields whose values cannot share a response key, whatever the object.
    fn shape(&mut self, sets: &Sets<'a>) {
        for fields in self.grouped(sets).values() {
            self.shape_of(fields);
        }
    }

    fn shape_of(&mut self, fields: &[Selected<'a>]) {
        let schema_index = self.validator.schema_index;
        if !is_new(&mut self.shapes, fields) {
            return;
        }
        // A comparison with a field of unknown type finds no conflict, so a field with a type must come first.
        let mut fields = fields.to_vec();
        fields.sort_by_key(|it| it.info.is_none());
        let alike = self.compare(fields, |first, other| {
            let (first, other) = (&first.info?.ty, &other.info?.ty);
            (!same_shape(schema_index, first, other))
                .then(|| format!("one is a \"{first}\", and one is a \"{other}\""))
        });
        for fields in &alike {
            self.shape(&below(fields));
        }
    }

    /// Reports fields that conflict. Returns the groups that do not, whose own selections are compared next.
    fn compare(
        &mut self,
        fields: Vec<Selected<'a>>,
        conflict: impl Fn(&Selected<'a>, &Selected<'a>) -> Option<String>,
    ) -> Vec<Vec<Selected<'a>>> {
        let firsts = if fields.len() <= FEW { fields.len() } else { 1 };
        let mut alike = Vec::new();
        let mut conflicts = false;
        for (index, first) in fields.iter().enumerate().take(firsts) {
            for other in &fields[index + 1..] {
                match conflict(first, other) {
                    None => alike.push((first, other)),
                    Some(problem) => {
                        conflicts = true;
                        self.tell(first, other, &problem);
                    }
                }
            }
        }
        if !conflicts {
            return vec![fields];
        }
        let pairs = alike.into_iter().map(|(one, other)| vec![one.clone(), other.clone()]);
        pairs.chain(fields.iter().map(|it| vec![it.clone()])).collect()
    }

    fn tell(&mut self, first: &Selected<'a>, other: &Selected<'a>, problem: &str) {
        let places = apart(first, other);
        if self.told.insert(places.iter().map(|at| (at.line, at.column)).collect()) {
            let key = first.field.response_key();
            let message = format!("Two fields are named \"{key}\" in the answer: {problem}.");
            self.validator.wrong_at(places, message);
        }
    }

    /// Groups the fields of all these sets by response key, with fragments expanded.
    fn grouped(&mut self, sets: &Sets<'a>) -> Groups<'a> {
        let mut groups = IndexMap::new();
        for (set, parent, around) in sets {
            self.collect(set, *parent, around.as_ref(), &mut groups, &mut HashSet::new());
        }
        groups
    }

    fn collect(
        &mut self,
        set: &'a SelectionSet,
        parent: Option<&'a str>,
        around: Option<&Rc<Around<'a>>>,
        groups: &mut Groups<'a>,
        spread: &mut HashSet<&'a str>,
    ) {
        let Validator { schema_index, document, .. } = *self.validator;
        for selection in &set.items {
            match selection {
                Selection::Field(field) => {
                    let Some(left) = self.left.checked_sub(1) else { return };
                    self.left = left;
                    let name = field.name.node.as_str();
                    let info = parent.and_then(|parent| schema_index.field(parent, name)).map(|it| &**it);
                    let below = parent.and_then(|parent| schema_index.selectable(parent, name));
                    let below = below.map(|it| it.type_name.as_str());
                    let selected = Selected { field, parent, info, below, around: around.cloned() };
                    // Most keys are selected once, and documents may have thousands of them: more capacity is waste.
                    let group = groups.entry(field.response_key());
                    group.or_insert_with(|| Vec::with_capacity(1)).push(selected);
                }
                Selection::Inline(fragment) => {
                    let on = fragment.on.as_ref().map_or(parent, |on| Some(on.node.as_str()));
                    self.collect(&fragment.selections, on, around, groups, spread);
                }
                Selection::Spread(it) => {
                    let name = it.name.node.as_str();
                    if let Some(fragment) = document.fragment(name).filter(|_| spread.insert(name)) {
                        self.collect(&fragment.selections, Some(&fragment.on.node), around, groups, spread);
                    }
                }
            }
        }
    }
}

/// Returns true if this combination of fields has something to check and was not visited yet.
fn is_new(seen: &mut HashSet<Vec<*const Field>>, fields: &[Selected<'_>]) -> bool {
    if let [alone] = fields
        && alone.field.selections.is_none()
    {
        return false;
    }
    let mut key: Vec<_> = fields.iter().map(|it| std::ptr::from_ref(it.field)).collect();
    key.sort_unstable();
    seen.insert(key)
}

/// Returns the selection sets of these fields.
fn below<'a>(fields: &[Selected<'a>]) -> Sets<'a> {
    let set = |it: &Selected<'a>| {
        let set = it.field.selections.as_ref()?;
        let around = Rc::new(Around { field: it.field, around: it.around.clone() });
        Some((set, it.below, Some(around)))
    };
    fields.iter().filter_map(set).collect()
}

/// Returns the positions of two fields, each after its enclosing fields from the point where their paths diverge.
fn apart(one: &Selected<'_>, other: &Selected<'_>) -> Vec<Pos> {
    fn way<'a>(selected: &Selected<'a>) -> Vec<&'a Field> {
        let mut way = vec![selected.field];
        let mut next = selected.around.as_ref();
        while let Some(around) = next {
            way.push(around.field);
            next = around.around.as_ref();
        }
        way.reverse();
        way
    }
    let (one, other) = (way(one), way(other));
    let shared = one.iter().zip(&other).take_while(|(one, other)| std::ptr::eq(**one, **other)).count();
    let places = |way: &[&Field]| way[shared..].iter().map(|field| field.pos).collect::<Vec<_>>();
    let mut ways = [places(&one), places(&other)];
    ways.sort_by_key(|way| way.first().map(|at| (at.line, at.column)));
    ways.concat()
}

/// Returns the difference between two fields; `None` if they are the same.
fn conflict(one: &Field, other: &Field) -> Option<String> {
    let (name, other_name) = (&one.name.node, &other.name.node);
    if name != other_name {
        return Some(format!("\"{name}\" and \"{other_name}\" are different fields"));
    }
    let same = same_arguments(&one.arguments, &other.arguments);
    (!same).then(|| format!("\"{name}\" has other arguments each time"))
}

/// Returns true if both give the same values under the same names, in any order.
fn same_arguments(one: &[Argument], other: &[Argument]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let by_name: HashMap<&str, &Value> = other.iter().map(|it| (it.name.node.as_str(), &it.value)).collect();
    let same = |it: &Argument| by_name.get(it.name.node.as_str()).is_some_and(|of| same_value(&it.value, of));
    one.iter().all(same)
}

/// Returns true if two values are written alike.
fn same_value(one: &Value, other: &Value) -> bool {
    match (&one.literal, &other.literal) {
        (Literal::Null, Literal::Null) => true,
        (Literal::Boolean(one), Literal::Boolean(other)) => one == other,
        (Literal::Int(one), Literal::Int(other)) | (Literal::Float(one), Literal::Float(other)) => {
            one == other
        }
        (Literal::Enum(one), Literal::Enum(other)) | (Literal::Variable(one), Literal::Variable(other)) => {
            one == other
        }
        (Literal::String { text, block }, Literal::String { text: other_text, block: other_block }) => {
            text == other_text && block == other_block
        }
        (Literal::List(one), Literal::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_value(one, other))
        }
        (Literal::Object(one), Literal::Object(other)) => same_arguments(one, other),
        _ => false,
    }
}

/// Returns true if values of both types can share a response key. The fields of objects are compared one by one
/// elsewhere.
fn same_shape(schema_index: &SchemaIndex, one: &Type, other: &Type) -> bool {
    one.nullable == other.nullable
        && match (&one.base, &other.base) {
            (BaseType::List(one), BaseType::List(other)) => same_shape(schema_index, one, other),
            (BaseType::Named(one), BaseType::Named(other)) => {
                let leaf = |name: &str| matches!(schema_index.kind(name), Some(Kind::Scalar | Kind::Enum));
                one == other || !(leaf(one) || leaf(other))
            }
            _ => false,
        }
}
