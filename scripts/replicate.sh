#!/usr/bin/env bash
# Trains the replications of published studies, and prints how their values compare with ours, as Markdown.
#
#   scripts/replicate.sh                      # all of experiments/replications
#   scripts/replicate.sh periodic directions  # some of them, by name
#   scripts/replicate.sh --docs               # puts the table into docs/replications.md too
#
# Runs go to runs/replications, and are resumed there: what is trained is not trained again. Exits 1 if one could not be
# trained; that a value disagrees is a result. Set ACTLAB to the program if it is not on the PATH.
set -u
cd "$(dirname "$0")/.."

docs=false
names=()
for argument in "$@"; do
    case "$argument" in
        -h | --help)
            sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
            exit 0
            ;;
        --docs) docs=true ;;
        -*)
            echo "error: there is no option $argument; see $0 --help" >&2
            exit 2
            ;;
        *) names+=("$argument") ;;
    esac
done
if [ ${#names[@]} -eq 0 ]; then
    for file in experiments/replications/*.toml; do names+=("$(basename "$file" .toml)"); done
fi

if [ -n "${ACTLAB:-}" ]; then
    actlab=("$ACTLAB")
elif command -v actlab >/dev/null 2>&1; then
    actlab=(actlab)
else
    actlab=(cargo run --quiet --release --bin actlab --)
fi

failed=0
table=$(mktemp)
trap 'rm -f "$table"' EXIT
for name in "${names[@]}"; do
    file=experiments/replications/$name.toml
    run=runs/replications/$name
    if [ ! -f "$file" ]; then
        echo "error: there is no $file" >&2
        exit 2
    fi
    echo "== $name" >&2
    started=$SECONDS
    if ! "${actlab[@]}" sweep "$file" --out "$run" >/dev/null; then
        failed=1
        printf '### %s\n\n`%s` could not be trained.\n\n' "$name" "$file" >>"$table"
        continue
    fi
    echo "$((SECONDS - started)) s" >&2
    printf '### %s\n\n`%s`\n\n' "$name" "$file" >>"$table"
    cat "$run/tables/published.md" >>"$table"
    echo >>"$table"
done
cat "$table"

count() { grep -c -- "| $1 |" "$table" || true; }
echo "$(count agrees) agree, $(count disagrees) disagree, in $SECONDS s" >&2
if $docs; then
    page=docs/replications.md
    awk -v table="$table" '
        /^<!-- end of table/ { inside = 0 }
        !inside { print }
        /^<!-- table/ { inside = 1; print ""; while ((getline line < table) > 0) print line }
    ' "$page" >"$page.new" && mv "$page.new" "$page"
fi
exit $failed
