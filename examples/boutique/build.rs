//! Compiles the contracts of the services.

fn main() -> Result<(), rpc_build::Error> {
    rpc_build::compile("protos")
}
