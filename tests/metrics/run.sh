#!/usr/bin/env bash
# Checks the metrics of each BFF with Prometheus's own promtool, after a few requests. Needs promtool and curl, Node,
# and Rust unless PLAYGROUND names the program to run.
set -euo pipefail
cd "$(dirname "$0")"

source ../open-shop.sh error

for url in "$MOBILE_URL" "$WEB_URL" "$IOT_URL"; do
    # An answer, a request error, a rejection by the HTTP edge, and the rejection of a page of another site.
    curl --silent --output /dev/null --get "$url" --data-urlencode 'query={__typename}'
    curl --silent --output /dev/null --get "$url" --data-urlencode 'query={nothing}'
    curl --silent --output /dev/null --data '{}' "$url"
    curl --silent --output /dev/null --header 'Origin: https://elsewhere.example' "$url"
    metrics=$(curl --silent --fail "${url%/graphql}/metrics")
    promtool check metrics <<<"$metrics"
    for reason in media_type foreign_page; do
        grep --quiet "^bff_refused_total{reason=\"$reason\"} 1\$" <<<"$metrics"
    done
    grep --quiet '^bff_request_duration_seconds_count{operation="-"} 2$' <<<"$metrics"
    echo "$url: promtool accepts all $(grep --count '^# TYPE' <<<"$metrics") metrics"
done
