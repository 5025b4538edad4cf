# Functions of the checks: results, a clock, waiting with a time-out.

# Runs the function in a subshell and prints its result, and the end of its output if it failed. Its
# output is kept in /var/log/FUNCTION.
check() { # SENTENCE FUNCTION
    begin=$(now)
    (set -eu; "$2") >"/var/log/$2" 2>&1
    if [ $? -eq 0 ]; then
        passed=$((passed + 1))
        verdict=ok
    else
        failed=$((failed + 1))
        verdict=FAILED
    fi
    echo "  $verdict: $1 ($(seconds $(($(now) - begin))) s)"
    if [ $verdict = FAILED ]; then
        tail -n 15 "/var/log/$2" | sed 's/^/      /'
        on_failure | sed 's/^/      /'
    fi
    clean_up >/dev/null 2>&1
}

# Hundredths of a second since power-on.
now() { cut -d ' ' -f 1 /proc/uptime | tr -d .; }

# Converts hundredths to seconds.
seconds() { printf '%d.%02d' $(($1 / 100)) $(($1 % 100)); }

# Waits until the command succeeds; fails with a message after the given seconds. The pauses become longer,
# because in the guest running a command takes more time than waiting.
await() { # SECONDS COMMAND...
    local end=$(($(now) + $1 * 100)) limit=$1 pause=100000
    shift
    until "$@" >/dev/null 2>&1; do
        if [ "$(now)" -gt $end ]; then
            echo "did not happen within $limit s: $*"
            return 1
        fi
        usleep $pause
        pause=$((pause < 800000 ? pause * 3 / 2 : pause))
    done
}

# Fails with a message unless both values are equal.
same() { # WHAT SEEN EXPECTED
    [ "$2" = "$3" ] && return 0
    echo "$1: seen \"$2\", expected \"$3\""
    return 1
}

# Fails unless the time is within the limit, both in hundredths of a second.
within() { # WHAT HUNDREDTHS LIMIT
    echo "$1: $(seconds "$2") s (limit $(seconds "$3") s)"
    [ "$2" -le "$3" ]
}
