//! Compiles the contracts of the services that only tests know.

fn main() -> Result<(), rpc_build::Error> {
    rpc_build::Build::of("protos").no_side_effects(["library.v1.*/*", "odd.v1.*/*"]).compile()
}
