#!/usr/bin/env bash
# Third-party clients and audits, against the three BFFs of a shop of their own. Needs Node, and Rust unless PLAYGROUND
# and BFF_MOBILE name the programs to run. Arguments go to node's test runner, such as `--test-name-pattern=web`.
set -euo pipefail
cd "$(dirname "$0")"

npm ci --no-audit --no-fund --silent

# The map of operations that Relay's compiler persists is registered unchanged, as a manifest of the web shop.
generated=relay/__generated__
rm -rf "$generated"
mkdir -p "$generated/shop"
echo '{}' >"$generated/queries.json"
(cd relay && npx relay-compiler relay.config.json >/dev/null)
cp -R ../../schema "$generated/shop/schema"
cp "$generated/queries.json" "$generated/shop/schema/web/manifests/9.0.0.relay.json"
SHOP_FOLDER=$generated/shop

source ../open-shop.sh warn

# The BFF of the web shop, which a test starts for a provider of its own.
if [[ -z ${BFF_WEB:-} ]]; then
    cargo build --quiet --workspace --bin bff-web
    BFF_WEB=$(dirname "$PLAYGROUND")/bff-web
fi
export BFF_WEB

# A second BFF of the phone app, which runs registered operations alone.
if [[ -z ${BFF_MOBILE:-} ]]; then
    cargo build --quiet --workspace --bin bff-mobile
    BFF_MOBILE=$(dirname "$PLAYGROUND")/bff-mobile
fi
"$BFF_MOBILE" --mode development --listen 127.0.0.1:0 --upstream "$DOMAIN_URL" \
    --set operations.policy=registered --set operations.folder=../../schema/mobile \
    --set sign_in.issuer="$PROVIDER_URL" --set sign_in.jwks="$PROVIDER_URL/jwks" >"$folder/registered" 2>&1 &
beside+=($!)
until REGISTERED_URL=$(grep -o 'listens on [^ ]*' "$folder/registered"); do
    kill -0 "${beside[0]}" 2>/dev/null || { cat "$folder/registered" >&2; exit 1; }
    sleep 0.1
done
export REGISTERED_URL=http://${REGISTERED_URL#listens on }/graphql

node --test --test-reporter=spec "$@" cases/*.test.mjs
