//! Writes `rpc::PageMessage` for pages of lists.

use prost_reflect::{Kind, MessageDescriptor};
use rpc_shape as shape;

use crate::idents;

/// Returns the code for a message; `None` if it is not a page.
pub(crate) fn code(package: &str, message: &MessageDescriptor) -> Option<String> {
    let (list, item) = shape::page(message)?;
    let (path, item, list) =
        (idents::message(package, message), idents::message(package, &item), idents::field(&list));
    let has_tokens = shape::has_list(message, "item_tokens", &Kind::String);
    let item_tokens = if has_tokens { "&self.item_tokens" } else { "&[]" };
    let total_size = message.get_field_by_name("total_size");
    let has_total = total_size.is_some_and(|field| shape::is_plain(&field, &Kind::Int32));
    let total_size = if has_total { "self.total_size" } else { "0" };
    Some(format!(
        "impl ::rpc::PageMessage for {path} {{
    type Item = {item};
    fn items(&self) -> &[{item}] {{ &self.{list} }}
    fn tokens(&self) -> ::rpc::PageTokens<'_> {{
        ::rpc::PageTokens {{ next: &self.next_page_token, items: {item_tokens} }}
    }}
    fn total_size(&self) -> i32 {{ {total_size} }}
}}
"
    ))
}
