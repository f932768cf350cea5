#!/usr/bin/env bash
# Clients and audits of others, against the three BFFs of a shop of their own. Wants Node, and Rust unless PLAYGROUND
# names the program to run. Arguments go to node's test runner, such as `--test-name-pattern=web`.
set -euo pipefail
cd "$(dirname "$0")"

npm ci --no-audit --no-fund --silent
(cd relay && npx relay-compiler relay.config.json > /dev/null)
if [[ -z ${PLAYGROUND:-} ]]; then
    cargo build --quiet --package playground
    target=$(cargo metadata --no-deps --format-version 1 |
        node -p 'JSON.parse(require("fs").readFileSync(0)).target_directory')
    PLAYGROUND=$target/debug/playground
fi

folder=$(mktemp -d)
"$PLAYGROUND" --plain --page 0 --mobile 0 --web 0 --iot 0 --domain 0 --log warn \
    >"$folder/announced" 2>"$folder/log" &
shop=$!
# Whatever happens, the shop closes, and what it complained of is shown.
close() {
    status=$?
    kill "$shop" 2>/dev/null || true
    wait "$shop" 2>/dev/null || true
    if [[ $status -ne 0 ]]; then cat "$folder/log" >&2; fi
    rm -rf "$folder"
    exit "$status"
}
trap close EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

until grep -q 'Ctrl-C' "$folder/announced"; do
    kill -0 "$shop" 2>/dev/null || { echo "the shop did not open" >&2; exit 1; }
    sleep 0.1
done
address() { awk -v name="$1" '$1 == name { print $2 }' "$folder/announced"; }

MOBILE_URL=$(address mobile) WEB_URL=$(address web) IOT_URL=$(address iot) \
    node --test --test-reporter=spec "$@" cases/*.test.mjs
