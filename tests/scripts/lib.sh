# Shared by the scripts of the test bench; sourced, never run.
# shellcheck shell=bash

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# What the tests need and cargo does not bring is kept here, so that the second run fetches nothing.
TOOLS=${MODEM_FTP_TOOLS:-$ROOT/target/test-tools}

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# Runs a command as root: directly, or through sudo where there is one.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "'$*' needs root, and there is no sudo here: run this as root once"
    fi
}
