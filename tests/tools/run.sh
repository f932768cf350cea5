#!/usr/bin/env bash
# Runs the tools of app teams on the folders of operations of all three clients: Apollo's manifest generator,
# graphql-codegen, graphql-eslint and graphql-inspector. Their output is registered and requested by its ids. Needs
# Node, and Rust unless PLAYGROUND, BFF_MOBILE, BFF_WEB and BFF_IOT name the programs to run. Arguments go to node's
# test runner.
set -euo pipefail
cd "$(dirname "$0")"

npm ci --no-audit --no-fund --silent

for client in mobile web iot; do
    echo "== $client"
    made=generated/$client
    rm -rf "$made"
    mkdir -p "$made"
    CLIENT=$client npx generate-persisted-query-manifest --config manifest.config.mjs
    # It prints every step, or with --silent not even errors: the output is shown only if it fails.
    CLIENT=$client npx graphql-codegen --config codegen.config.mjs >"$made/log" 2>&1 || { cat "$made/log" >&2; exit 1; }
    # ESLint lints nothing outside the folder that it runs in.
    (cd ../.. && CLIENT=$client tests/tools/node_modules/.bin/eslint --config tests/tools/eslint.config.mjs \
        --max-warnings 0 "schema/$client/operations")
    npx graphql-inspector validate "../../schema/$client/operations/**/*.graphql" "../../schema/$client/schema.graphql" \
        --deprecated
done
npx tsc --project tsconfig.json

# The output of Apollo's and of graphql-codegen's tools is a release each; `register` makes another.
shop=generated/shop
rm -rf "$shop"
mkdir -p "$shop"
cp -R ../../schema "$shop/schema"
if [[ -z ${BFF_MOBILE:-} || -z ${BFF_WEB:-} || -z ${BFF_IOT:-} ]]; then
    cargo build --quiet --workspace --bin bff-mobile --bin bff-web --bin bff-iot
    target=$(cargo metadata --no-deps --format-version 1 |
        node -p 'JSON.parse(require("fs").readFileSync(0)).target_directory')/debug
    BFF_MOBILE=$target/bff-mobile BFF_WEB=$target/bff-web BFF_IOT=$target/bff-iot
fi
for client in mobile web iot; do
    program=BFF_${client^^}
    schema=$shop/schema/$client
    # Apollo's tools add `__typename` to every object, for which an answer to a device has no room.
    [[ $client == iot ]] || cp "generated/$client/manifest.json" "$schema/manifests/9.0.0.json"
    cp "generated/$client/persisted-documents.json" "$schema/manifests/9.1.0.json"
    "${!program}" register --release 9.2.0 --schema "$schema"
    "${!program}" check --schema "$schema"
done

SHOP_FOLDER=$shop
source ../open-shop.sh warn
node --test --test-reporter=spec "$@" cases/*.test.mjs
