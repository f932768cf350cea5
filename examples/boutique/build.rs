//! Compiles the contracts of the services, which state no idempotency.

fn main() -> Result<(), rpc_build::Error> {
    rpc_build::Build::of("protos").no_side_effects(["*/Get*", "*/List*", "*/Search*", "*/Convert"]).compile()
}
