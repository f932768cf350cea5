//! The options by which contracts say more: `bff/rpc/v1/options.proto`.

use prost_reflect::{FieldDescriptor, MethodDescriptor, Value};

/// Rules of an RPC, as the options of its contract state them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Keys that a request takes at most; `None` if the contract does not say.
    pub max_keys: Option<u32>,
    /// True if the response is the same for every principal.
    pub public: bool,
}

impl Rules {
    /// Returns the rules of an RPC.
    #[must_use]
    pub fn of(method: &MethodDescriptor) -> Self {
        let options = method.options();
        let extension = method.parent_pool().get_extension_by_name("bff.rpc.v1.method");
        let Some(extension) = extension.filter(|it| options.has_extension(it)) else {
            return Self::default();
        };
        let rules = options.get_extension(&extension);
        let Value::Message(rules) = rules.as_ref() else { return Self::default() };
        let max_keys = rules.get_field_by_name("max_keys").and_then(|it| it.as_i32());
        Self {
            max_keys: max_keys.and_then(|it| u32::try_from(it).ok()).filter(|it| *it > 0),
            public: rules.get_field_by_name("public").and_then(|it| it.as_bool()).unwrap_or_default(),
        }
    }
}

/// Returns the kind of the entity that a field identifies.
#[must_use]
pub fn entity(field: &FieldDescriptor) -> Option<String> {
    let options = field.options();
    let extension = field.parent_file().parent_pool().get_extension_by_name("bff.rpc.v1.entity")?;
    let kind = options.get_extension(&extension).as_str().map(str::to_owned);
    kind.filter(|kind| !kind.is_empty())
}
