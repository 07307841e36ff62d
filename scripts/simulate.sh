#!/bin/sh
# Simulates hours of visor's life, with crashes, power cuts, lies and full disks, from a seed each:
#   scripts/simulate.sh --seed N             plays one again, and shows what happened before a rule was broken
#   scripts/simulate.sh --count N [--from N] searches
# Needs what the build needs, and no network.
set -eu
cd "$(dirname "$0")/.."
exec mvn -q -Pfast test-compile exec:exec@simulate -Dsimulate.arguments="$*"
