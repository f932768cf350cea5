//! Writes the code beside that of `prost` and `tonic`, package by package.

use prost_build::{Service, ServiceGenerator};
use prost_reflect::DescriptorPool;
use rpc_shape::Rules;

use crate::{idents, method, page};

/// The contracts of a crate.
pub(crate) struct Contracts {
    pool: DescriptorPool,
    tonic: Box<dyn ServiceGenerator>,
    /// True once the code of pages was written.
    has_pages: bool,
}

impl Contracts {
    pub(crate) fn new(pool: DescriptorPool) -> Self {
        Self { pool, tonic: tonic_prost_build::configure().service_generator(), has_pages: false }
    }
}

impl ServiceGenerator for Contracts {
    fn generate(&mut self, service: Service, code: &mut String) {
        let name = format!("{}.{}", service.package, service.proto_name);
        self.tonic.generate(service, code);
        let Some(service) = self.pool.get_service_by_name(name.trim_start_matches('.')) else { return };
        let methods: String = service.methods().map(|it| method::code(&it, Rules::of(&it))).collect();
        let module = idents::snake(service.name());
        code.extend([format!("/// The RPCs of `{}`.\npub mod {module} {{\n{methods}}}\n", service.name())]);
    }

    fn finalize(&mut self, code: &mut String) {
        self.tonic.finalize(code);
    }

    fn finalize_package(&mut self, package: &str, code: &mut String) {
        self.tonic.finalize_package(package, code);
        // All pages at once, since packages without services are never finished.
        if std::mem::replace(&mut self.has_pages, true) {
            return;
        }
        let messages =
            self.pool.all_messages().filter(|message| !message.package_name().starts_with("google."));
        let pages: String = messages.filter_map(|message| page::code(package, &message)).collect();
        code.extend(["/// The pages of lists.\nmod pages_of_lists {\n", &pages, "}\n"]);
    }
}
