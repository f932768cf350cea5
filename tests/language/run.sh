#!/usr/bin/env bash
# Compares the three BFFs with graphql-js: verdicts on random documents, valid and invalid, and answers to valid ones.
# Needs Node, and Rust unless PLAYGROUND, BFF_MOBILE, BFF_WEB and BFF_IOT name the programs to run. DOCUMENTS documents
# for each schema are judged (20000 for a long run), EXECUTIONS valid ones executed (1000). SEED reproduces them.
# Arguments go to node's test runner, such as `--test-name-pattern=web`.
set -euo pipefail
cd "$(dirname "$0")"

export DOCUMENTS=${DOCUMENTS:-5000} EXECUTIONS=${EXECUTIONS:-400} SEED=${SEED:-20261128}
echo "DOCUMENTS=$DOCUMENTS EXECUTIONS=$EXECUTIONS SEED=$SEED"

npm ci --no-audit --no-fund --silent

source ../open-shop.sh warn

if [[ -z ${BFF_MOBILE:-} || -z ${BFF_WEB:-} || -z ${BFF_IOT:-} ]]; then
    cargo build --quiet --workspace --bin bff-mobile --bin bff-web --bin bff-iot
    built=$(dirname "$PLAYGROUND")
    BFF_MOBILE=${BFF_MOBILE:-$built/bff-mobile} BFF_WEB=${BFF_WEB:-$built/bff-web} BFF_IOT=${BFF_IOT:-$built/bff-iot}
fi

# Lifts the limits on documents and requests, which are not tested here. The few that no setting changes stay.
lifted=(--set server.max_body_bytes=1000000 --set server.deadline_ms=30000)
for limit in bytes depth tokens selections aliases root_fields directives cost; do
    lifted+=(--set "limits.$limit=1000000000")
done

# Starts the BFF $2 beside the shop, with the settings that follow, and exports its URL in the variable $1.
start() {
    local variable=$1 program=$2 listens
    shift 2
    touch "$folder/$variable"
    "$program" --listen 127.0.0.1:0 --upstream "$DOMAIN_URL" --set log.filter=warn,bff_kit=info "$@" \
        >"$folder/$variable" 2>&1 &
    local started=$!
    beside+=("$started")
    until listens=$(grep -o 'listens on [^ ]*' "$folder/$variable"); do
        kill -0 "$started" 2>/dev/null || { cat "$folder/$variable" >&2; exit 1; }
        sleep 0.1
    done
    export "$variable=http://${listens#listens on }/graphql"
}
start MOBILE_URL "$BFF_MOBILE" --mode development "${lifted[@]}"
start WEB_URL "$BFF_WEB" --mode development "${lifted[@]}"
start IOT_URL "$BFF_IOT" --mode development "${lifted[@]}"
# Nobody can sign in here, and the services of a shop for developers do not know the key: they answer only calls that
# need no principal. The port is chosen before the start, because the BFF is reached by its configured origins alone.
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
start PRODUCTION_URL "$BFF_WEB" --mode production --set "server.listen=127.0.0.1:$port" \
    --set "server.public_origins=[\"http://127.0.0.1:$port\"]" --set credential.key=a-key-of-this-run-alone-that-is-long-enough "${lifted[@]}"

node --test --test-concurrency=1 --test-timeout=600000 --test-reporter=spec "$@" cases/*.test.mjs
