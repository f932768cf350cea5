#!/usr/bin/env bash
# Attacks on the wire against a web BFF, each beside two well-behaved clients: prints the outcome of each, the latencies
# and errors of those clients, and the memory and descriptors of the BFF. Needs Python 3.11 or later, and Rust unless
# BFF_WEB and DOMAIN_STUBS name the programs to run. Arguments are names of attacks, by default all; `--list` lists
# them. SECONDS_EACH is the time of a flood, SECONDS_AFTER the time until memory is measured again.
set -euo pipefail
cd "$(dirname "$0")"

venv=${VENV:-../../target/wire-venv}
if [[ ! -x $venv/bin/python ]]; then python3 -m venv "$venv"; fi
"$venv/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.txt

if [[ -z ${BFF_WEB:-} || -z ${DOMAIN_STUBS:-} ]]; then
    cargo build --quiet --release --package bff-web --package domain-stubs
    built=$(cargo metadata --no-deps --format-version 1 |
        "$venv/bin/python" -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/release
    BFF_WEB=${BFF_WEB:-$built/bff-web} DOMAIN_STUBS=${DOMAIN_STUBS:-$built/domain-stubs}
fi
BFF_WEB=$(realpath "$BFF_WEB") DOMAIN_STUBS=$(realpath "$DOMAIN_STUBS")
export BFF_WEB DOMAIN_STUBS SECONDS_EACH=${SECONDS_EACH:-10}
# Open files for two thousand connections, and as many on the other side.
ulimit -n "$(ulimit -Hn)"

"$venv/bin/python" measure.py "$@" &
measure=$!
# Ends the measurement in any case, and with it all processes it has started.
trap 'kill "$measure" 2>/dev/null || true; wait "$measure" || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
wait "$measure"
