//! Writes the code beside that of `prost` and `tonic`, package by package.

use prost_build::{Service, ServiceGenerator};
use prost_reflect::DescriptorPool;
use rpc_shape::Rules;

use crate::{Error, cut, idents, method, page};

/// The contracts of a crate.
pub(crate) struct Contracts {
    pool: DescriptorPool,
    tonic: Box<dyn ServiceGenerator>,
    /// RPCs that have no side effects, though their contracts do not say it.
    no_side_effects: Vec<String>,
    /// True once the code of messages was written.
    has_messages: bool,
}

/// Returns true if a text matches a pattern, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| matches(rest, &text[at..]))
        }),
    }
}

impl Contracts {
    /// Takes contracts, and the names and patterns of RPCs that have no side effects.
    pub(crate) fn new(pool: DescriptorPool, patterns: &[String]) -> Result<Self, Error> {
        let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
        let unsaid: Vec<_> =
            methods.filter(|it| method::idempotency(it).is_none()).map(|it| method::path(&it)).collect();
        if let Some(none) = patterns.iter().find(|pattern| !unsaid.iter().any(|rpc| matches(pattern, rpc))) {
            return Err(Error::NoRpc(none.clone()));
        }
        let is_meant = |rpc: &String| patterns.iter().any(|pattern| matches(pattern, rpc));
        let no_side_effects = unsaid.into_iter().filter(is_meant).collect();
        let tonic = tonic_prost_build::configure().service_generator();
        Ok(Self { pool, tonic, no_side_effects, has_messages: false })
    }
}

impl ServiceGenerator for Contracts {
    fn generate(&mut self, service: Service, code: &mut String) {
        let name = format!("{}.{}", service.package, service.proto_name);
        self.tonic.generate(service, code);
        let Some(service) = self.pool.get_service_by_name(name.trim_start_matches('.')) else { return };
        let methods: String = service
            .methods()
            .map(|it| method::code(&it, Rules::of(&it), self.no_side_effects.contains(&method::path(&it))))
            .collect();
        let module = idents::snake(service.name());
        code.extend([format!("/// The RPCs of `{}`.\npub mod {module} {{\n{methods}}}\n", service.name())]);
    }

    fn finalize(&mut self, code: &mut String) {
        self.tonic.finalize(code);
    }

    fn finalize_package(&mut self, package: &str, code: &mut String) {
        self.tonic.finalize_package(package, code);
        // All pages at once, since packages without services are never finished.
        if std::mem::replace(&mut self.has_messages, true) {
            return;
        }
        let messages: Vec<_> = self.pool.all_messages().filter(cut::is_own).collect();
        let pages: String = messages.iter().filter_map(|message| page::code(package, message)).collect();
        let requests = page::requests(package, &self.pool);
        code.extend(["/// The pages of lists.\nmod pages_of_lists {\n", &pages, &requests, "}\n"]);
        let cuts: String = messages.iter().map(|message| cut::code(package, message)).collect();
        code.extend([
            "/// Messages, cut to masks.\n#[allow(deprecated)]\nmod cuts_of_messages {\n",
            &cuts,
            "}\n",
        ]);
    }
}
