//! Compiles gRPC contracts in the build script of a crate: messages and enums, clients and servers, and for each RPC a type
//! that `#[derive(Fetch)]` and `#[derive(Command)]` name.
//!
//! ```no_run
//! // build.rs of a crate whose contracts stand in `shop/`.
//! fn main() -> Result<(), rpc_build::Error> {
//!     rpc_build::compile("shop")
//! }
//! ```
//!
//! The crate then includes `contracts.rs` from `OUT_DIR`. It needs `prost`, `prost-types`, `tonic`, `tonic-prost` and `rpc`;
//! `protoc` is not needed. `descriptors.bin` beside it holds the contracts as a `google.protobuf.FileDescriptorSet`, with
//! comments and options.
//!
//! For the RPC `BatchGetPrices` of `PricingService` there is the type `pricing_service::BatchGetPrices` beside the messages of
//! the package. It implements `rpc::Method`, and `rpc::Batch` if its responses hold a result for each key, else
//! `rpc::Single`:
//!
//! - A **result for each key** is a message in the only repeated field of the response, with one field for the key and a
//!   `oneof` of a value and an error; an error has a field `code` and a field `message`, as `google.rpc.Status` has.
//! - A **list of values** is the only list of messages of any other response: such an RPC implements `rpc::Many` besides.
//! - The **value** of any other response is its only field, if that is a message, and else the response itself.
//! - A **read mask** is the field `read_mask` of a request.
//! - A **page** is a message with a `next_page_token` and one list of messages: it implements `rpc::PageMessage`. A request for
//!   one has `page_size` and `page_token`, and may have `skip`: it implements `rpc::PageRequest`.
//!
//! Contracts may say more with the options of `bff/rpc/v1/options.proto`, which they import by this name: the keys a request
//! takes at most, responses that are the same for everybody, and fields that identify entities.

mod contracts;
mod cut;
mod idents;
mod masks;
mod method;
mod page;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use protox::Compiler;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver};

use contracts::Contracts;

/// Name by which contracts import the options of this crate.
const OPTIONS: &str = "bff/rpc/v1/options.proto";

/// The reason why contracts could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A contract is invalid.
    #[error(transparent)]
    Contract(#[from] protox::Error),
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        error: io::Error,
    },
    /// No RPC can be meant by a name or pattern: none matches, or the contracts of those state their idempotency themselves.
    #[error("no_side_effects: `{0}` matches no RPC without an idempotency_level")]
    NoRpc(String),
    /// Code could not be generated.
    #[error(transparent)]
    Code(#[from] io::Error),
    /// The crate is used outside of a build script.
    #[error("OUT_DIR is not set: call this in a build script")]
    NoBuildScript,
}

/// Compiles every contract below a folder of the crate, whose own folder is the root of all imports.
///
/// # Errors
/// A contract is invalid, or a file cannot be read or written.
pub fn compile(folder: impl Into<PathBuf>) -> Result<(), Error> {
    Build::of(folder).compile()
}

/// Contracts to compile, and what is true of their RPCs that they do not say.
#[derive(Clone, Debug)]
pub struct Build {
    folder: PathBuf,
    no_side_effects: Vec<String>,
}

impl Build {
    /// Creates the build of every contract below a folder of the crate, whose own folder is the root of all imports.
    #[must_use]
    pub fn of(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), no_side_effects: Vec::new() }
    }

    /// States that RPCs have no side effects whose contracts state no idempotency: those that are named in full, such as
    /// `"boutique.v1.CartService/GetCart"`, or match a pattern with `*` for any text, such as `"boutique.v1.*/Get*"`.
    #[must_use]
    pub fn no_side_effects<'a>(mut self, rpcs: impl IntoIterator<Item = &'a str>) -> Self {
        self.no_side_effects.extend(rpcs.into_iter().map(str::to_owned));
        self
    }

    /// Compiles the contracts.
    ///
    /// # Errors
    /// A contract is invalid, a file cannot be read or written, or a name or pattern matches no RPC that it can be about.
    #[expect(clippy::print_stdout, reason = "build scripts speak to cargo this way")]
    pub fn compile(self) -> Result<(), Error> {
        let Self { folder, no_side_effects } = self;
        println!("cargo:rerun-if-changed={}", folder.display());
        let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(Error::NoBuildScript)?);
        let mut files = Vec::new();
        find(&folder, &mut files)?;
        files.sort();

        let mut resolver = ChainFileResolver::new();
        resolver.add(IncludeFileResolver::new(".".into()));
        resolver.add(Options);
        resolver.add(GoogleFileResolver::new());
        let mut compiler = Compiler::with_file_resolver(resolver);
        compiler.include_imports(true).include_source_info(true).open_files(&files)?;

        let descriptors = out.join("descriptors.bin");
        // Encoded by the compiler, since the types of prost would lose the options of this crate.
        fs::write(&descriptors, compiler.encode_file_descriptor_set())
            .map_err(|error| Error::File { path: descriptors, error })?;

        let mut set = compiler.file_descriptor_set();
        set.file.retain(|file| file.name() != OPTIONS);
        let contracts = Contracts::new(compiler.descriptor_pool(), &no_side_effects)?;
        let mut config = prost_build::Config::new();
        config.include_file("contracts.rs").service_generator(Box::new(contracts)).compile_fds(set)?;
        Ok(())
    }
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |error| Error::File { path: folder.into(), error };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            find(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            found.push(path);
        }
    }
    Ok(())
}

/// Finds the options of this crate, wherever the crate was unpacked.
struct Options;

impl FileResolver for Options {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        if name == OPTIONS {
            File::from_source(name, include_str!("../proto/bff/rpc/v1/options.proto"))
        } else {
            Err(protox::Error::file_not_found(name))
        }
    }
}
