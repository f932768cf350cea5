//! bff-kit
