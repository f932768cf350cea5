#!/bin/sh
# User instructions per request of the floor and of the phone's BFF, as cachegrind counts them: those of 130 requests
# less those of 30, over one connection, by 100. Twice, since the seeds of hash maps are random.
set -eu
cd "$(dirname "$0")"
command -v valgrind >/dev/null || { echo "instructions.sh needs valgrind (apt-get install valgrind)" >&2; exit 1; }

cargo build --release --bins
cargo build --release --manifest-path ../Cargo.toml --bin bff-mobile
own=${CARGO_TARGET_DIR:-target}/release
root=${CARGO_TARGET_DIR:-../target}/release

port=${BENCH_PORT:-17100}
services=127.0.0.1:$port
issuer=127.0.0.1:$((port + 1))
address=127.0.0.1:$((port + 2))
folder=$(mktemp -d)
domain=
server=
cleanup() {
    for process in $server $domain; do kill "$process" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

"$own/send" manifest "$folder"
"$own/domain" --grpc "$services" --http "$issuer" &
domain=$!

# Prints the instructions of a server that answers some requests: instructions SERVER OPERATION COUNT
instructions() {
    case $1 in
    floor)
        form=endpoint
        set -- "$1" "$2" "$3" "$own/floor" --issuer "$issuer"
        ;;
    *)
        form=${1#bff-}
        set -- "$1" "$2" "$3" "$root/bff-mobile" --mode production --set "operations.folder=$folder" \
            --set operations.policy=open --set rate_limit.units=0 --set rate_limit.address_units=0 \
            --set cache.value_bytes=0 --set cache.response_bytes=0 --set "sign_in.issuer=http://$issuer" \
            --set "sign_in.jwks=http://$issuer/jwks" --set "credential.key=a key of the measurement: 32 bytes" \
            --set credential.audience=shop
        ;;
    esac
    operation=$2 count=$3
    shift 3
    valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --log-file="$folder/log" \
        "$@" --listen "$address" --upstream "http://$services" >/dev/null 2>&1 &
    server=$!
    "$own/send" requests --address "$address" --issuer "$issuer" --form "$form" --operation "$operation" \
        --count "$count"
    kill "$server"
    wait "$server" 2>/dev/null || true
    server=
    sed -n 's/.*I *refs: *//p' "$folder/log" | tr -d ', '
}

# Leaves the instructions of a request in `each`. It must not run in a subshell, so that its server can be ended.
each() {
    instructions "$1" "$2" 30 >"$folder/few"
    instructions "$1" "$2" 130 >"$folder/many"
    each=$((($(cat "$folder/many") - $(cat "$folder/few")) / 100))
}

printf '%-12s %-14s %12s %12s   %s\n' operation server first second 'x floor'
for operation in Products Product Home ProductName; do
    for kind in ${BENCH_KINDS:-floor bff-id bff-text bff-new-text}; do
        each "$kind" "$operation"
        first=$each
        each "$kind" "$operation"
        second=$each
        if [ "$kind" = floor ]; then base=$((first + second)); fi
        ratio=$(awk "BEGIN { printf \"%.2f\", ($first + $second) / $base }")
        printf '%-12s %-14s %12d %12d   %s\n' "$operation" "$kind" "$first" "$second" "$ratio"
    done
done
