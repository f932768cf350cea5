# Opens a shop of its own, and closes it when the script that sources this ends. Needs Rust and Node, unless PLAYGROUND
# names the program to run. $1 is the log filter; SHOP_FOLDER a folder to run the shop in, whose `schema` it then uses.
# Sets PAGE_URL, MOBILE_URL, WEB_URL, IOT_URL, PROVIDER_URL, DOMAIN_URL and SHOP_LOG, a file. Processes, by id in `beside`, end with it.

if [[ -z ${PLAYGROUND:-} ]]; then
    cargo build --quiet --bin playground
    target=$(cargo metadata --no-deps --format-version 1 |
        node -p 'JSON.parse(require("fs").readFileSync(0)).target_directory')
    PLAYGROUND=$target/debug/playground
fi

folder=$(mktemp -d)
export SHOP_LOG=$folder/log
touch "$folder/announced"
PLAYGROUND=$(realpath "$PLAYGROUND")
ports=(--page 0 --mobile 0 --web 0 --iot 0 --provider 0 --domain 0)
(cd "${SHOP_FOLDER:-.}" && exec "$PLAYGROUND" --plain "${ports[@]}" --log "$1") \
    >"$folder/announced" 2>"$SHOP_LOG" &
shop=$!
beside=()
# Closes the shop in any case, and shows its warnings and errors if the script has failed.
close() {
    status=$?
    kill "$shop" "${beside[@]}" 2>/dev/null || true
    wait "$shop" "${beside[@]}" 2>/dev/null || true
    if [[ $status -ne 0 ]]; then grep -v ' INFO ' "$SHOP_LOG" >&2 || true; fi
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
PAGE_URL=$(address page) MOBILE_URL=$(address mobile) WEB_URL=$(address web) IOT_URL=$(address iot)
PROVIDER_URL=$(address sign-in) DOMAIN_URL=http://$(address domain)
export PAGE_URL MOBILE_URL WEB_URL IOT_URL PROVIDER_URL DOMAIN_URL
