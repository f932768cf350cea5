//! Compiles every contract below `shop/` in pure Rust: no `protoc` is needed.

fn main() -> Result<(), rpc_build::Error> {
    rpc_build::compile("shop")
}
