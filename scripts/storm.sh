#!/bin/sh
# Upgrades real processes and kills visor (kill -9) while it does so: at a random instant of each of
# 500 upgrades, and at every step there is. After each, the next visor must bring the upgrade to its
# end, with one process of each service and nothing run that was not verified.
#   scripts/storm.sh [ROUNDS [SEED]]
# Needs what the build needs, and no network. 500 rounds take about half an hour.
set -eu
cd "$(dirname "$0")/.."
exec mvn -q -Pfast verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=StormIT \
    -Dstorm.steps=all -Dstorm.rounds="${1:-500}" ${2:+-Dstorm.seed="$2"}
