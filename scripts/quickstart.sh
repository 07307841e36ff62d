#!/bin/sh
# Takes a provider through a real upgrade on an embedded network, and shows it as it happens. Needs a JDK 25 and Maven,
# and nothing else; leaves nothing behind but the build in target/.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
visor=$root/target/visor/bin/visor
work=$(mktemp -d "${TMPDIR:-/tmp}/visor-quickstart.XXXXXX")
devnet=
wrap=

cleanup() {
    status=$?
    trap - EXIT INT TERM
    for pid in $wrap $devnet; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in $wrap $devnet; do
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$work"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() {
    printf '%-7s %-12s %s\n' "$1" "$2" "$3"
}

# await FILE PATTERN: waits until a line of FILE matches, and prints the last such line.
await() {
    tries=0
    until grep -q "$2" "$1" 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ]; then
            echo "cannot go on: no \"$2\" within 60s; the log so far:" >&2
            cat "$1" >&2
            exit 1
        fi
        sleep 0.1
    done
    grep "$2" "$1" | tail -n 1
}

# field KEY: a value of the devnet's addresses.
field() {
    sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" "$work/devnet/devnet.json"
}

# after MARK: what stands behind MARK in a line.
after() {
    sed "s/.*$1//"
}

if [ ! -x "$visor" ] || [ -n "$(find "$root/src/main" "$root/pom.xml" "$root/scripts/dist" -newer "$visor" -print | head -n 1)" ]; then
    begin=$(date +%s)
    printf 'building visor ... '
    if ! mvn -q -B -f "$root/pom.xml" -Pfast -DskipTests package >"$work/build.log" 2>&1; then
        echo 'failed:'
        cat "$work/build.log"
        exit 1
    fi
    echo "done in $(($(date +%s) - begin))s"
fi

"$visor" devnet --directory "$work/devnet" --block-time 1s >"$work/devnet.log" 2>&1 &
devnet=$!
await "$work/devnet.log" propose >/dev/null
rpc=$(field rpc)
releases=$(field releases)
say devnet lava "block every 1s   rpc $rpc   releases $releases"

home=$work/home
mkdir -p "$home/.lavavisor"
cat >"$home/.lavavisor/config.yml" <<EOF
programs:
  lavap:
    release:
      url: "$releases/v{version}/lavap-v{version}-{os}-{arch}"
      checksum-url: "$releases/v{version}/sha256sum.txt"
    upgrade: {auto: true, health-window: 5s}
EOF

"$visor" init --directory "$home" --link-dir "$work/bin" --node "$rpc" --chain-id lava >"$work/init.log" 2>&1
say visor init "$(await "$work/init.log" 'height ' | sed 's/^lava  //')"
say visor fetched "$(await "$work/init.log" 'fetched')"

cat >"$work/consumer.yml" <<EOF
endpoints:
  - chain-id: LAV1
    api-interface: rest
    network-address: 127.0.0.1:0
EOF
cd "$work"
"$visor" wrap --cmd 'lavap rpcconsumer consumer.yml' --directory "$home" --node "$rpc" --chain-id lava >"$work/wrap.log" 2>&1 &
wrap=$!
say visor wrap "$(await "$work/wrap.log" 'runs as pid' | after 'info  [a-z]*  ')"

"$visor" devnet propose --directory "$work/devnet" --min 1.0.0 --target 1.1.0 >"$work/propose.log"
say chain proposal "$(cat "$work/propose.log")"
seen=$(await "$work/wrap.log" 'target 1.1.0 (was 1.0.0)')
say visor seen "$(printf '%s' "$seen" | after 'info  [a-z]*  *')"
say visor fetched "$(await "$work/wrap.log" 'lavap 1.1.0 fetched' | after 'info  [a-z]*  ')   (1.0.0 still serving)"
switched=$(await "$work/wrap.log" '1.0.0 → 1.1.0, lavap runs')
say visor switched "$(printf '%s' "$switched" | after 'info  [a-z]*  ')"
say visor committed "$(await "$work/wrap.log" '1.1.0 is committed' | after 'info  [a-z]*  ')"

detected=$(printf '%s' "$seen" | sed 's/.*seen \([0-9.]*\) *ms after.*/\1/')
down=$(printf '%s' "$switched" | sed 's/.*down for \([0-9.]*\) *ms.*/\1/')
echo
echo "upgraded lavap 1.0.0 -> 1.1.0: detected in $detected ms, down for $down ms"
echo
echo "Next: docs/host.md (hosts), docs/kubernetes.md (pods), target/visor/bin/visor --help"
