#!/usr/bin/env bash
# Looks for data races in the fused engine with valgrind's helgrind, while threads train at once.
#
# Helgrind knows the locks of libpthread but not those of Rust's standard library, so it reports what std and the test
# harness do under them; what counts here is a report with a frame of the engine or of its kernels.
set -euo pipefail
cd "$(dirname "$0")/.."

binary=$(cargo test --release --workspace --no-default-features --features ndarray --lib --no-run 2>&1 |
    sed -n 's/.*(\(.*actlab_model-[^)]*\)).*/\1/p')
report=$(mktemp)
trap 'rm -f "$report"' EXIT
valgrind --tool=helgrind --xml=yes --xml-file="$report" \
    "$binary" threads_that_train_at_once --test-threads=1
if grep -q 'actlab_model::\(engine::fused\|ops::cpu\)::' <(grep '<fn>' "$report" | grep -v '::tests::'); then
    echo "helgrind reports races in the engine:" >&2
    grep '<fn>actlab_model' "$report" | sort | uniq -c >&2
    exit 1
fi
echo "no races in the engine; $(grep -c '<error>' "$report") reports about locks that helgrind does not know"
