# Runs the parts of tests/run, keeps their output, counts the results. To be sourced.
# shellcheck shell=bash

LOGS=$ROOT/target/test-logs
mkdir -p "$LOGS"
wanted=()
lines=()
passed_in_all=0
failed_in_all=0

# part NAME TITLE COMMAND: runs the command unless other parts were requested, and counts the tests in
# its output (`test result: … P passed; F failed`, `guest: P passed, F failed`), or else the part itself.
part() {
    local name=$1 title=$2 log=$LOGS/$1.log start=$SECONDS code=0 passed failed
    shift 2
    if [ ${#wanted[@]} -gt 0 ] && [[ " ${wanted[*]} " != *" $name "* ]]; then return; fi
    say "== $name: $title"
    "$@" 2>&1 | tee "$log" || code=$?
    read -r passed failed < <(count "$log")
    if [ $((passed + failed)) = 0 ]; then
        if [ $code = 0 ]; then passed=1; else failed=1; fi
    elif [ $code != 0 ] && [ "$failed" = 0 ]; then
        failed=1 # the command failed, although no test did
    fi
    passed_in_all=$((passed_in_all + passed))
    failed_in_all=$((failed_in_all + failed))
    lines+=("$(printf '%-7s %-34s %4d passed %3d failed %5d s' "$name" "$title" "$passed" "$failed" $((SECONDS - start)))")
}

count() {
    sed -n -E -e 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed.*/\1 \2/p' \
        -e 's/^[a-z]+: ([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$1" |
        awk '{ passed += $1; failed += $2 } END { print passed + 0, failed + 0 }'
}

# Prints one line for each part, then the sum; fails if anything failed.
sum_up() {
    printf '\n'
    if [ ${#lines[@]} = 0 ]; then die "no such part: ${wanted[*]}"; fi
    printf '%s\n' "${lines[@]}"
    printf '%d passed, %d failed\n' "$passed_in_all" "$failed_in_all"
    [ "$failed_in_all" = 0 ]
}
