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
# The ports are chosen before the start, because the sign-in and the origins of a BFF name them.
free_port() {
    node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}
port=$(free_port)
of_the_shop=(--set "sign_in.issuer=$PROVIDER_URL" --set "sign_in.jwks=$PROVIDER_URL/jwks"
    --set sign_in.client_secret=shop-development-client-secret-not-for-production
    --set "sign_in.callback=http://127.0.0.1:$port/auth/callback" --set "sign_in.keys=$folder/keys.json")
IOT_KEY=$("$BFF_IOT" keys --set "sign_in.keys=$folder/keys.json" issue shelf-0001 --scope telemetry.write |
    grep -o 'shopd_[A-Za-z0-9_]*' | head -1)
export IOT_KEY
start MOBILE_URL "$BFF_MOBILE" --mode development "${of_the_shop[@]}" "${lifted[@]}"
start WEB_URL "$BFF_WEB" --mode development --set "server.listen=127.0.0.1:$port" "${of_the_shop[@]}" "${lifted[@]}"
start IOT_URL "$BFF_IOT" --mode development "${of_the_shop[@]}" "${lifted[@]}"
# Nobody can sign in here, and the services of a shop for developers do not know the key: they answer only calls that
# need no principal.
port=$(free_port)
start PRODUCTION_URL "$BFF_WEB" --mode production --set "server.listen=127.0.0.1:$port" \
    --set sign_in.issuer=https://id.shop.example --set sign_in.callback=https://shop.example/auth/callback \
    --set "server.public_origins=[\"http://127.0.0.1:$port\"]" --set credential.key=a-key-of-this-run-alone-that-is-long-enough "${lifted[@]}"

node --test --test-concurrency=1 --test-timeout=600000 --test-reporter=spec "$@" cases/*.test.mjs
