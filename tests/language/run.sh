#!/usr/bin/env bash
# The three BFFs held against graphql-js: random documents, valid and not, and what the valid ones answer. Wants Node, and
# Rust unless PLAYGROUND, BFF_MOBILE, BFF_WEB and BFF_IOT name the programs to run. DOCUMENTS documents a schema are
# judged (20000 for a long run), EXECUTIONS valid ones answered (1000). SEED makes the same documents again. Arguments go
# to node's test runner, such as `--test-name-pattern=web`.
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

# What a document may cost is not what is tried here. The few limits that are nobody's to change stay.
lifted=(--set server.max_body_bytes=1000000 --set server.deadline_ms=30000)
for limit in bytes depth tokens selections aliases root_fields directives cost; do
    lifted+=(--set "limits.$limit=1000000000")
done

# Starts a BFF, $2, beside the shop, with settings that follow, and says where it listens in the variable $1.
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
# Nobody can sign in here, and services of a shop for developers do not know the key: only what they show anybody answers.
# Its port is known before: it is reached by the origins it is told of alone.
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
start PRODUCTION_URL "$BFF_WEB" --mode production --set "server.listen=127.0.0.1:$port" \
    --set "server.public_origins=[\"http://127.0.0.1:$port\"]" --set credential.key=a-key-of-this-run-alone-that-is-long-enough "${lifted[@]}"

node --test --test-concurrency=1 --test-timeout=600000 --test-reporter=spec "$@" cases/*.test.mjs
