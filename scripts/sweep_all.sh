#!/usr/bin/env bash
# Runs every experiment given, one after the other, and resumes what was cut off before.
#
#   scripts/sweep_all.sh experiments/*.toml
#   scripts/sweep_all.sh --backend ndarray --threads 4 experiments/*.toml
#
# Whatever begins with a dash, with its value, is handed to every `actlab sweep`. An experiment that fails does not
# keep the others from running. Ends with a summary; exits 0 if all went well, 1 if one failed while running, 2 if one
# was wrong. Rankings go to stdout, everything else to stderr. Set ACTLAB to the program if it is not on the PATH.
set -u

usage() {
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

options=()
experiments=()
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help) usage; exit 0 ;;
        --dry-run | --*=*) options+=("$1") ;;
        -*)
            if [ $# -lt 2 ]; then echo "error: $1 needs a value" >&2; exit 2; fi
            options+=("$1" "$2")
            shift
            ;;
        *) experiments+=("$1") ;;
    esac
    shift
done
if [ ${#experiments[@]} -eq 0 ]; then
    echo "error: give at least one experiment, as: $0 experiments/*.toml" >&2
    exit 2
fi

root=$(cd "$(dirname "$0")/.." && pwd)
if [ -n "${ACTLAB:-}" ]; then
    actlab=("$ACTLAB")
elif command -v actlab >/dev/null 2>&1; then
    actlab=(actlab)
else
    actlab=(cargo run --quiet --release --manifest-path "$root/Cargo.toml" --bin actlab --)
fi

worst=0
summary=()
for experiment in "${experiments[@]}"; do
    echo "== $experiment" >&2
    started=$SECONDS
    "${actlab[@]}" sweep ${options[@]+"${options[@]}"} "$experiment"
    code=$?
    # An interrupted sweep is the user's wish to stop, not a failure of this one experiment.
    if [ $code -eq 130 ]; then
        echo "interrupted in $experiment; the same command goes on from here" >&2
        exit 130
    fi
    case $code in
        0) result="done" ;;
        2) result="wrong input" ;;
        *) result="failed (exit $code)" ;;
    esac
    if [ $code -eq 2 ]; then worst=2; elif [ $code -ne 0 ] && [ $worst -eq 0 ]; then worst=1; fi
    summary+=("$(printf '%-12s %5d s  %s' "$result" $((SECONDS - started)) "$experiment")")
done

echo >&2
printf '%s\n' "${summary[@]}" >&2
exit $worst
