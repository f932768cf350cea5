//! Writes `rpc::PageMessage` for pages of lists.

use prost_reflect::MessageDescriptor;

use crate::{idents, shape};

/// Returns the code for a message; `None` if it is not a page.
pub(crate) fn code(package: &str, message: &MessageDescriptor) -> Option<String> {
    let (list, item) = shape::page(message)?;
    let (path, item, list) =
        (idents::message(package, message), idents::message(package, &item), idents::field(&list));
    let has = |name: &str| message.get_field_by_name(name).is_some();
    let item_tokens = if has("item_tokens") { "&self.item_tokens" } else { "&[]" };
    let total_size = if has("total_size") { "self.total_size" } else { "0" };
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
