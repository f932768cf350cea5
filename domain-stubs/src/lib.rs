//! domain-stubs
