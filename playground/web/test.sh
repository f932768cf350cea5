#!/usr/bin/env bash
# Tests the page in a browser: opens a shop on ports of its own, which builds the page as it does for anybody, and
# drives headless Chromium. Wants Node, Chromium, and Rust unless PLAYGROUND names the program to run. What the browser
# showed is left in artefacts/.
set -euo pipefail
cd "$(dirname "$0")"

CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [[ -z $CHROMIUM ]]; then
    echo "there is no Chromium here; install it, or say in CHROMIUM where it is" >&2
    exit 1
fi
export CHROMIUM

npm ci --no-audit --no-fund --silent
npm run --silent check

if [[ -z ${PLAYGROUND:-} ]]; then
    (cd ../.. && cargo build --quiet --package playground)
    PLAYGROUND=$(cd ../.. && cargo metadata --format-version 1 --no-deps |
        node -p 'JSON.parse(require("fs").readFileSync(0)).target_directory')/debug/playground
fi
export PLAYGROUND

rm -rf artefacts
npm run --silent test
