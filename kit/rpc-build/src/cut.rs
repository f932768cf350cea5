//! Writes `rpc::Cut`, by which messages are cut to what read masks select.

use prost_reflect::{FieldDescriptor, MessageDescriptor};
use rpc_shape as shape;

use crate::idents;

/// Returns true for a message of the contracts themselves, whose fields are known here.
pub(crate) fn is_own(message: &MessageDescriptor) -> bool {
    let package = message.package_name();
    !message.is_map_entry() && !package.starts_with("google.") && package != "bff.rpc.v1"
}

/// Returns the code for a message.
pub(crate) fn code(package: &str, message: &MessageDescriptor) -> String {
    let plain = shape::fields(message).filter(|field| !shape::is_choice(field));
    let fields: String = plain.map(|field| field_code(&field)).collect();
    let choices = message.oneofs().filter(|of| !of.is_synthetic()).map(|of| {
        let names: Vec<_> = of.fields().map(|field| field.name().to_owned()).collect();
        format!(
            "if {names:?}.iter().all(|name| mask.kept(above, name) == ::rpc::Kept::Nothing) {{ self.{of} = ::core::option::Option::None; }}\n",
            of = idents::snake(of.name())
        )
    });
    let choices: String = choices.collect();
    format!(
        "impl ::rpc::Cut for {path} {{
    #[allow(unused_variables, clippy::all)]
    fn cut(&mut self, mask: &::rpc::Mask, above: &str) {{ {fields}{choices} }}
}}
",
        path = idents::message(package, message)
    )
}

fn field_code(field: &FieldDescriptor) -> String {
    let (name, member) = (field.name(), idents::field(field));
    let below = match shape::message_of(field).filter(is_own) {
        Some(_) => {
            let each = if field.is_list() {
                format!("for it in &mut self.{member}")
            } else {
                format!("if let ::core::option::Option::Some(it) = &mut self.{member}")
            };
            format!("::rpc::Kept::Below(above) => {each} {{ ::rpc::Cut::cut(it, mask, &above); }},\n")
        }
        None => "::rpc::Kept::Below(_) => {}\n".to_owned(),
    };
    format!(
        "match mask.kept(above, {name:?}) {{
    ::rpc::Kept::All => {{}}
    {below}    ::rpc::Kept::Nothing => self.{member} = ::core::default::Default::default(),
}}
"
    )
}

/// Returns the function that cuts a value: itself, or the items of its list.
pub(crate) fn of_value(
    value: &MessageDescriptor,
    list: Option<&(FieldDescriptor, MessageDescriptor)>,
) -> String {
    let cut = match list {
        Some((list, item)) if is_own(item) => {
            format!("for it in &mut value.{} {{ ::rpc::Cut::cut(it, mask, \"\"); }}", idents::field(list))
        }
        None if is_own(value) => "::rpc::Cut::cut(value, mask, \"\");".to_owned(),
        _ => return String::new(),
    };
    format!("fn cut(value: &mut Self::Value, mask: &::rpc::Mask) {{ {cut} }}\n")
}
