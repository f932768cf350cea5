#!/usr/bin/env bash
# The numbers of each BFF, read by Prometheus's own promtool once something has happened. Wants promtool and curl, Node,
# and Rust unless PLAYGROUND names the program to run.
set -euo pipefail
cd "$(dirname "$0")"

source ../open-shop.sh error

for url in "$MOBILE_URL" "$WEB_URL" "$IOT_URL"; do
    # An answer, a refusal of a document, one of the edge, and one of a page of another site.
    curl --silent --output /dev/null --get "$url" --data-urlencode 'query={__typename}'
    curl --silent --output /dev/null --get "$url" --data-urlencode 'query={nothing}'
    curl --silent --output /dev/null --data '{}' "$url"
    curl --silent --output /dev/null --header 'Origin: https://elsewhere.example' "$url"
    numbers=$(curl --silent --fail "${url%/graphql}/metrics")
    promtool check metrics <<<"$numbers"
    for refused in media_type foreign_page; do
        grep --quiet "^bff_refused_total{reason=\"$refused\"} 1\$" <<<"$numbers"
    done
    grep --quiet '^bff_request_duration_seconds_count{operation="-"} 2$' <<<"$numbers"
    echo "$url: promtool has nothing to say of $(grep --count '^# TYPE' <<<"$numbers") numbers"
done
