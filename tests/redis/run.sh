#!/usr/bin/env bash
# Tests the store of several replicas with a real Redis server, which each test starts for itself. Needs Rust and the
# Debian package redis-server.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v redis-server >/dev/null; then
    echo "redis-server is missing: install the Debian package redis-server." >&2
    exit 1
fi

cargo test --package store --test contract -- --ignored
cargo test --package quota --test limits -- --ignored
cargo test --test e2e -- --ignored redis
