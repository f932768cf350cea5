#!/usr/bin/env bash
# Clients and audits of others, against the three BFFs of a shop of their own. Wants Node, and Rust unless PLAYGROUND
# names the program to run. Arguments go to node's test runner, such as `--test-name-pattern=web`.
set -euo pipefail
cd "$(dirname "$0")"

npm ci --no-audit --no-fund --silent
(cd relay && npx relay-compiler relay.config.json >/dev/null)

source ../open-shop.sh warn
node --test --test-reporter=spec "$@" cases/*.test.mjs
