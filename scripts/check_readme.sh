#!/usr/bin/env bash
# Whether the README shows what the program says: each line between its marks `<!-- paper -->` and `<!-- end of paper -->`
# has to be among those of FILE, the output of `actlab show` for the run of experiments/paper.toml. A run is the same bits
# on every CPU, so its digits are too.
#
#   scripts/check_readme.sh FILE
set -euo pipefail
cd "$(dirname "$0")/.."
shown=$(sed 's/ *$//' "$1")
missing=0
while IFS= read -r line; do
    if ! grep -Fxq -- "$line" <<<"$shown"; then
        echo "README.md shows what the program does not say: $line" >&2
        missing=1
    fi
done < <(awk '/^<!-- end of paper/ { inside = 0 }
              inside && !/^```/ && !/^\.\.$/ && NF { sub(/ *$/, ""); print }
              /^<!-- paper/ { inside = 1 }' README.md)
exit "$missing"
