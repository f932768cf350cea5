#!/usr/bin/env bash
# Tests Varnish with `bff.vcl`, in front of a server of the tests and of the three BFFs of a shop of its own. Needs
# Node, the Debian packages varnish and varnish-modules, and Rust unless PLAYGROUND names the program to run. Arguments
# go to node's test runner, such as `--test-name-pattern=purge`.
set -euo pipefail
cd "$(dirname "$0")"

PATH=$PATH:/usr/sbin
if ! command -v varnishd >/dev/null; then
    echo "varnishd is missing: install the Debian packages varnish and varnish-modules." >&2
    exit 1
fi

source ../open-shop.sh access=info,warn
node --test --test-reporter=spec "$@" cases/*.test.mjs
