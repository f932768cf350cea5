//! Writes `rpc::PageMessage` for pages of lists, and `rpc::PageRequest` for requests of such.

use prost_reflect::{DescriptorPool, Kind, MessageDescriptor, MethodDescriptor};
use rpc_shape as shape;

use crate::idents;

/// Returns the code for every message that asks for a page.
pub(crate) fn requests(package: &str, pool: &DescriptorPool) -> String {
    let requests = pool.all_messages().filter(shape::asks_for_page);
    let code = requests.filter_map(|request| {
        let (skips, set, skipped) = if shape::can_skip(&request) {
            (true, "self.page_size = size; self.skip = skip;", "self.skip")
        } else if are_pages(&request, pool) {
            (false, "self.page_size = size.saturating_add(skip);", "0")
        } else {
            return None;
        };
        Some(format!(
            "impl ::rpc::PageRequest for {path} {{
    const SKIPS: bool = {skips};
    fn set_page(&mut self, size: i32, token: &str, skip: i32) {{ {set} self.page_token = token.to_owned(); }}
    fn page(&self) -> (i32, &str, i32) {{ (self.page_size, &self.page_token, {skipped}) }}
}}
",
            path = idents::message(package, &request)
        ))
    });
    code.collect()
}

/// Returns true if what is loaded by a request is a page each time, from which items can be dropped. The key of a batch comes
/// back with its page, and must be what was sent.
fn are_pages(request: &MessageDescriptor, pool: &DescriptorPool) -> bool {
    let methods: Vec<_> = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    let mut results = methods.iter().filter_map(|method| shape::keyed_result(&method.output()));
    if results.any(|result| shape::message_of(&result.key).as_ref() == Some(request)) {
        return false;
    }
    let mut responses = methods.iter().filter(|method| method.input() == *request).peekable();
    responses.peek().is_some() && responses.all(|method| shape::page(&shape::single(method)).is_some())
}

/// Returns the function that drops the first items of a page, for a method whose request cannot say that they are skipped.
pub(crate) fn skip(method: &MethodDescriptor) -> String {
    let request = method.input();
    let page = shape::page(&shape::single(method));
    let Some((list, _)) = page.filter(|_| shape::asks_for_page(&request) && !shape::can_skip(&request))
    else {
        return String::new();
    };
    let list = idents::field(&list);
    let has_tokens = shape::has_list(&shape::single(method), "item_tokens", &Kind::String);
    let tokens =
        if has_tokens { "value.item_tokens.drain(..items.min(value.item_tokens.len()));" } else { "" };
    format!(
        "fn skip(value: &mut Self::Value, items: usize) -> bool {{
    let reaches = items < value.{list}.len() || value.next_page_token.is_empty() || items == 0;
    value.{list}.drain(..items.min(value.{list}.len()));
    {tokens}
    reaches
}}
"
    )
}

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
