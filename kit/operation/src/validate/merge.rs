//! Fields of one name in the answer: they are one field, or can never be in one object together.
//!
//! The specification compares each pair. Where there are many, they are compared to the first of their kind instead,
//! since what is the same as one is the same as all: once for what they are (fields that may meet in one object have
//! one name and the same arguments), and once for the shape of their values (whatever the object is, a key of the
//! answer holds a list or none, and one type of leaf). Each combination of fields is looked at once.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use async_graphql::Pos;
use async_graphql_parser::types::{BaseType, OperationType, Type};
use async_graphql_value::indexmap::IndexMap;

use super::Validator;
use crate::document::{Argument, Field, Literal, Selection, SelectionSet, Value};
use crate::schema::{FieldInfo, Kind, SchemaIndex};

/// Fields that are looked at, counted as often as they are. What would take more is refused rather than passed.
const MOST: usize = 200_000;

/// Fields of one key up to which each pair is compared, so that every place that is to be mended is told of.
const FEW: usize = 32;

/// A selected field.
#[derive(Clone)]
struct Selected<'a> {
    field: &'a Field,
    /// The type it is selected on; none where that is not known.
    parent: Option<&'a str>,
    info: Option<&'a FieldInfo>,
    /// The type of what is selected below it.
    below: Option<&'a str>,
    /// The fields around it, up to those that were merged.
    around: Option<Rc<Around<'a>>>,
}

struct Around<'a> {
    field: &'a Field,
    around: Option<Rc<Around<'a>>>,
}

/// Sets whose fields are in one object of the answer, with the type and the field they are selected on.
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
        // What no operation comes to is not valid, and has its own conflicts.
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
    /// Combinations of fields that were looked at.
    single: HashSet<Vec<*const Field>>,
    same: HashSet<Vec<*const Field>>,
    shapes: HashSet<Vec<*const Field>>,
    /// Places that were told of.
    told: HashSet<Vec<(usize, usize)>>,
}

impl<'a> Merge<'_, 'a> {
    fn of(&mut self, set: &'a SelectionSet, parent: Option<&'a str>) {
        self.alone(&vec![(set, parent, None)]);
    }

    /// Looks at sets that are in no object together with others. Most keys are selected once: nothing is compared
    /// there, and what is below is alone as well.
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

    /// Looks for fields that are not the same and may be in one object.
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
        // What is selected on an interface may be in every object.
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

    /// Looks for fields whose values cannot stand under one key, in whatever object.
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
        // What a field without a type is compared to says nothing: the first is one that has a type.
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

    /// Tells of fields that do not go together; answers those that do, whose own fields are looked at next.
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

    /// The fields of all these sets by their key in the answer, fragments written out.
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
                    // Most keys are selected once, and documents may have thousands of them.
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

/// Whether there is something to look at in this combination of fields, and it was not looked at yet.
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

/// What is selected below these fields.
fn below<'a>(fields: &[Selected<'a>]) -> Sets<'a> {
    let set = |it: &Selected<'a>| {
        let set = it.field.selections.as_ref()?;
        let around = Rc::new(Around { field: it.field, around: it.around.clone() });
        Some((set, it.below, Some(around)))
    };
    fields.iter().filter_map(set).collect()
}

/// Where two fields stand: each with those around it, from where their ways part.
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

/// Why two fields are not the same.
fn conflict(one: &Field, other: &Field) -> Option<String> {
    let (name, other_name) = (&one.name.node, &other.name.node);
    if name != other_name {
        return Some(format!("\"{name}\" and \"{other_name}\" are different fields"));
    }
    let same = same_arguments(&one.arguments, &other.arguments);
    (!same).then(|| format!("\"{name}\" has other arguments each time"))
}

/// Whether the same is given under the same names, in whatever order.
fn same_arguments(one: &[Argument], other: &[Argument]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let by_name: HashMap<&str, &Value> = other.iter().map(|it| (it.name.node.as_str(), &it.value)).collect();
    let same = |it: &Argument| by_name.get(it.name.node.as_str()).is_some_and(|of| same_value(&it.value, of));
    one.iter().all(same)
}

/// Whether two values are written alike.
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

/// Whether values of both types can stand under one key. What objects hold is compared field by field.
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
