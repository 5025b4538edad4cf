# Functions and variables of the test scripts; to be sourced.
# shellcheck shell=bash

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# The folder for programs that cargo does not build; a second run downloads nothing.
TOOLS=${MODEM_FTP_TOOLS:-$ROOT/target/test-tools}

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# Runs a command as root: directly, or through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "'$*' needs root, and sudo is not installed: run this once as root"
    fi
}
