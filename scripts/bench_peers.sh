#!/usr/bin/env bash
# How fast actlab trains beside what people use today, on this machine's CPU: PyTorch one network at a time, PyTorch
# with stacked networks, and JAX's vmap, on the same work and in turn.
#
#   scripts/bench_peers.sh [FOLDER]     the Python environment goes to FOLDER [default: target/peers]
#
# Prints network-steps per second and the ratios as a Markdown table. Options of scripts/bench_peers.py can be given
# in PEERS, as PEERS="--hidden 64 --rounds 5".
set -euo pipefail
cd "$(dirname "$0")/.."

environment=${1:-target/peers}
if [ ! -x "$environment/bin/python" ]; then
    echo "making a Python environment with PyTorch and JAX in $environment" >&2
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --upgrade pip
    "$environment/bin/pip" install --quiet torch jax numpy
fi
cargo build --release --workspace >&2
# shellcheck disable=SC2086
exec "$environment/bin/python" scripts/bench_peers.py --actlab "${ACTLAB:-target/release/actlab}" ${PEERS:-}
