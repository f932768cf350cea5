//! Writes `rpc::Cut`, by which messages are cut to what read masks select.

use prost_reflect::{Cardinality, FieldDescriptor, MessageDescriptor};
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
        let own = idents::snake(of.name());
        let names = of.fields().map(|field| idents::path(&field));
        let names: Vec<_> = names.chain([own.trim_start_matches("r#").to_owned()]).collect();
        format!(
            "if {names:?}.iter().all(|name| mask.selected(above, name) == ::rpc::Selected::Nothing) {{ self.{of} = ::core::option::Option::None; }}\n",
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
    let (name, member) = (idents::path(field), idents::field(field));
    let below = match shape::message_of(field).filter(is_own) {
        Some(_) => {
            let cut = "::rpc::Cut::cut(it, mask, &above);";
            let cut = match field.cardinality() {
                Cardinality::Repeated => format!("for it in &mut self.{member} {{ {cut} }}"),
                Cardinality::Optional => {
                    format!("if let ::core::option::Option::Some(it) = &mut self.{member} {{ {cut} }}")
                }
                Cardinality::Required => format!("{{ let it = &mut self.{member}; {cut} }}"),
            };
            format!("::rpc::Selected::Below(above) => {cut},\n")
        }
        None => "::rpc::Selected::Below(_) => {}\n".to_owned(),
    };
    format!(
        "match mask.selected(above, {name:?}) {{
    ::rpc::Selected::All => {{}}
    {below}    ::rpc::Selected::Nothing => self.{member} = ::core::default::Default::default(),
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
            // What is named as a whole has its items as they are.
            format!(
                "if mask.selected(\"\", {:?}) == ::rpc::Selected::Nothing {{ for it in &mut value.{} {{ ::rpc::Cut::cut(it, mask, \"\"); }} }}",
                idents::path(list),
                idents::field(list)
            )
        }
        None if is_own(value) => "::rpc::Cut::cut(value, mask, \"\");".to_owned(),
        _ => return String::new(),
    };
    format!("fn cut(value: &mut Self::Value, mask: &::rpc::Mask) {{ {cut} }}\n")
}
