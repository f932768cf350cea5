//! Operations that depend on something that a change of the services' contracts removes or alters.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::fmt;
use std::path::Path;

use operation::schema::camel_case;
use operation::{Plan, PlannedCall, Preparer};
use prost_reflect::{
    Cardinality, DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
};

use crate::error::ContractError;
use crate::folder::Folder;

/// The contracts of the services: a set of file descriptors, as `buf build -o FILE.binpb` and `protoc
/// --descriptor_set_out` write them.
#[derive(Clone, Debug)]
pub struct Protos(DescriptorPool);

/// Change of something that an operation depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Impact {
    /// Release of the operation; `None` for an operation of today.
    pub release: Option<String>,
    /// Name of the operation.
    pub operation: String,
    /// RPC that the operation calls.
    pub rpc: String,
    /// Description of the change.
    pub change: String,
}

impl Protos {
    /// Decodes a set of file descriptors.
    pub fn decode(descriptors: &[u8]) -> Result<Self, String> {
        DescriptorPool::decode(descriptors).map(Self).map_err(|error| error.to_string())
    }

    /// Returns the contracts of a pool.
    #[must_use]
    pub fn of(pool: DescriptorPool) -> Self {
        Self(pool)
    }

    /// Reads a set of file descriptors from a file.
    pub fn read(path: &Path) -> Result<Self, ContractError> {
        let wrong = |problem: String| ContractError::new(path, problem);
        let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        Self::decode(&bytes).map_err(|error| wrong(format!("holds no descriptors: {error}")))
    }

    /// Returns the changes that the calls of a plan depend on, from these contracts to the new ones.
    #[must_use]
    pub fn impact(&self, new: &Self, release: Option<&str>, plan: &Plan) -> Vec<Impact> {
        let calls = plan.waves.iter().flat_map(|wave| &wave.calls).chain(&plan.later);
        let mut found = BTreeSet::new();
        for call in calls {
            for change in self.changes(new, call) {
                found.insert(Impact {
                    release: release.map(str::to_owned),
                    operation: plan.operation.clone(),
                    rpc: call.rpc.clone(),
                    change,
                });
            }
        }
        found.into_iter().collect()
    }

    fn changes(&self, new: &Self, call: &PlannedCall) -> Vec<String> {
        let Some(was) = self.method(&call.rpc) else {
            return vec!["is in neither of the contracts".to_owned()];
        };
        let Some(is) = new.method(&call.rpc) else { return vec!["is removed".to_owned()] };
        let mut changes = Changes { pool: &new.0, seen: HashSet::new(), found: Vec::new() };
        if was.input().full_name() == is.input().full_name() {
            changes.message(&was.input(), "sends");
        } else {
            changes.found.push(format!("takes {} instead of {}", is.input().name(), was.input().name()));
        }
        if was.output().full_name() != is.output().full_name() {
            changes.found.push(format!("answers {} instead of {}", is.output().name(), was.output().name()));
        } else if call.reads.iter().all(|path| path == "*") {
            changes.message(&was.output(), "reads");
        } else {
            call.reads.iter().for_each(|path| changes.path(&was.output(), path));
        }
        changes.found
    }

    pub(crate) fn method(&self, rpc: &str) -> Option<MethodDescriptor> {
        let (service, method) = rpc.split_once('/')?;
        self.0.get_service_by_name(service)?.methods().find(|it| it.name() == method)
    }
}

impl Folder {
    /// Returns everything that a change of the services' contracts removes or alters and that an operation, of today or
    /// of a release, depends on.
    pub fn impact(
        &self,
        preparer: &Preparer,
        old: &Protos,
        new: &Protos,
    ) -> Result<Vec<Impact>, Vec<ContractError>> {
        let today = self.planned(preparer)?;
        let mut found: Vec<_> = today.iter().flat_map(|plan| old.impact(new, None, plan)).collect();
        for release in self.releases().map_err(|error| vec![error])? {
            for operation in &release.operations {
                let plan = preparer.plan(&operation.text).map_err(|none| {
                    vec![ContractError::new(&release.path, format!("{}: {none}", operation.name))]
                })?;
                found.extend(old.impact(new, Some(&release.version), &plan));
            }
        }
        Ok(found)
    }
}

/// Formats an impact as `5.1.0 Home: CatalogService/BatchGetProducts …`.
impl fmt::Display for Impact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let release = self.release.as_deref().unwrap_or("today's");
        write!(formatter, "{release} {}: {} {}", self.operation, self.rpc, self.change)
    }
}

struct Changes<'a> {
    pool: &'a DescriptorPool,
    seen: HashSet<String>,
    found: Vec<String>,
}

impl Changes<'_> {
    /// Checks a path of a read mask. The path belongs to the first message below the response that has it.
    fn path(&mut self, answer: &MessageDescriptor, path: &str) {
        let Some((wrappers, fields)) = resolve(answer, path) else {
            self.found.push(format!("reads {path}, which it never had"));
            return;
        };
        self.wrappers(&wrappers, &fields);
        for field in &fields {
            if !self.field(field, "reads") {
                return;
            }
        }
        if let Some(Kind::Message(message)) = fields.last().map(FieldDescriptor::kind) {
            self.message(&message, "reads");
        }
    }

    /// Checks the messages around the loaded one. Read masks do not apply to them, so all their fields are read.
    fn wrappers(&mut self, wrappers: &[MessageDescriptor], fields: &[FieldDescriptor]) {
        let answered = fields.first().map(|field| field.parent_message().clone());
        for wrapper in wrappers {
            if !self.seen.insert(wrapper.full_name().to_owned()) {
                continue;
            }
            for field in wrapper.fields() {
                if self.field(&field, "reads")
                    && let Kind::Message(below) = field.kind()
                    && Some(&below) != answered.as_ref()
                    && !wrappers.contains(&below)
                {
                    self.message(&below, "reads");
                }
            }
        }
    }

    /// Checks a message whose fields are all sent or read.
    fn message(&mut self, was: &MessageDescriptor, does: &str) {
        if !self.seen.insert(was.full_name().to_owned()) {
            return;
        }
        for field in was.fields() {
            if self.field(&field, does)
                && let Kind::Message(message) = field.kind()
            {
                self.message(&message, does);
            }
        }
    }

    /// Checks a field. Returns true if it is unchanged.
    fn field(&mut self, was: &FieldDescriptor, does: &str) -> bool {
        let message = was.parent_message();
        let name = format!("{}.{}", message.name(), was.name());
        let is = self
            .pool
            .get_message_by_name(message.full_name())
            .and_then(|it| it.get_field_by_name(was.name()));
        let Some(is) = is else {
            self.found.push(format!("{does} {name}, which is removed"));
            return false;
        };
        let (old, new) = (shape(was), shape(&is));
        if old != new {
            self.found.push(format!("{does} {name}, which was {old} and is {new}"));
        }
        old == new
    }
}

/// Returns the messages around the one at which a path begins, and the fields along the path; `None` if no message has
/// the path.
pub(crate) fn resolve(
    answer: &MessageDescriptor,
    path: &str,
) -> Option<(Vec<MessageDescriptor>, Vec<FieldDescriptor>)> {
    let mut left = VecDeque::from([(Vec::new(), answer.clone())]);
    let mut seen = HashSet::new();
    while let Some((wrappers, message)) = left.pop_front() {
        if let Some(fields) = within(&message, path) {
            return Some((wrappers, fields));
        }
        for field in message.fields() {
            if let Kind::Message(below) = field.kind()
                && seen.insert(below.full_name().to_owned())
            {
                let wrappers = wrappers.iter().chain([&message]).cloned().collect();
                left.push_back((wrappers, below));
            }
        }
    }
    None
}

fn within(message: &MessageDescriptor, path: &str) -> Option<Vec<FieldDescriptor>> {
    let mut fields = Vec::new();
    let mut message = Some(message.clone());
    for name in path.split('.') {
        let field = field_of(&message?, name)?;
        message = match field.kind() {
            Kind::Message(below) => Some(below),
            _ => None,
        };
        fields.push(field);
    }
    Some(fields)
}

/// Returns the field that a segment of a path names. Code names fields in snake case, whatever the contract does, and may name
/// a choice.
fn field_of(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    let by_name = message.get_field_by_name(name);
    let by_code =
        || message.fields().find(|field| name.contains('_') && field.json_name() == camel_case(name));
    let by_choice = || message.oneofs().find(|of| of.name() == name)?.fields().next();
    by_name.or_else(by_code).or_else(by_choice)
}

/// Returns the properties that must not change for both sides to understand each other: number, type, cardinality.
fn shape(field: &FieldDescriptor) -> String {
    let kind = match field.kind() {
        Kind::Message(message) => message.full_name().to_owned(),
        Kind::Enum(of) => of.full_name().to_owned(),
        other => format!("{other:?}").to_lowercase(),
    };
    let repeated = if field.cardinality() == Cardinality::Repeated { "repeated " } else { "" };
    format!("{repeated}{kind} = {}", field.number())
}
