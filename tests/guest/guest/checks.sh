# Sets up the bench and runs every check; the last line is `guest: N passed, N failed`.
# Kernel command line: checks=NAME,NAME selects the files of checks/ whose names contain one of them.
. /bench/lib.sh
. /bench/bench.sh

passed=0
failed=0
wanted=$(sed -n 's/.*\bchecks=\([^ ]*\).*/\1/p' /proc/cmdline | tr ',' ' ')

is_wanted() {
    [ -z "$wanted" ] && return 0
    for part in $wanted; do
        case $1 in *"$part"*) return 0 ;; esac
    done
    return 1
}

(set -eu; setup_bench) >/var/log/setup 2>&1
if [ $? -eq 0 ]; then
    for file in /bench/checks/*.sh; do
        if is_wanted "$(basename "$file")"; then . "$file"; fi
    done
else
    tail -n 20 /var/log/setup
    failed=1
fi
echo "guest: $passed passed, $failed failed"
