#!/bin/sh
# Prints the numbers of supervision: crash to new process, memory, a thousand services, output; each beside its peers
# (the Debian packages supervisor, runit, s6) in the same run. Needs a build in target/visor, Python 3 and gcc.
set -eu
cd "$(dirname "$0")"
python3 supervise.py "$@"
python3 output.py
