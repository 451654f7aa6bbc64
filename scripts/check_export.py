"""Whether networks predict the same in PyTorch as here: `actlab export --format pytorch` against `actlab predict`.

    cargo build --release
    python scripts/check_export.py target/release/actlab

Needs PyTorch, safetensors and NumPy. The networks are perceptrons with every activation that there is, and one with each
part that networks can have; each is trained a little, exported, loaded and asked from two half-widths to the left of its
range to two to the right. `actlab predict` computes in double precision from weights in single precision, so the modules
do too.
"""

import csv
import importlib.util
import io
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch

NETWORKS = [
    "[8, 8]",
    '"sum(8 relu -> 8, 8 sinu)"',
    '"product(8 relu -> out, 8 tanh -> out)"',
    '"gate(8 tanh, 8 linear) -> 8"',
    '"concat(8 tanh, 8 sinu, skip) -> 8"',
    '"sum(8, gate(8, product(8, concat(4, 4 linear))), 8 sigmoid)"',
    '"sum(8 -> out, 8 tanh -> 1 linear)"',
    '"8 -> sum(skip, 8 tanh -> 8 linear)"',
    '"fourier(8, scale=0.3) -> 8"',
    '"concat(skip, fourier(frequencies=[0.1, 0.2])) -> 8"',
    '"8 -> dropout(0.1) -> 8 tanh"',
    '"8 {x + 0.3*sin(4*x)} -> 8"',
    '"8 leaky_relu(slope=0.2 learned) -> 8 wiggle{x + a*sin(b*x)/(1 + abs(x) % 3)}(a=0.3 learned, b=2)"',
]

EXPERIMENT = """
[target]
function = ["x^2", "sin(x1)*x2"]
[data]
samples = 64
[network]
hidden = [HIDDEN]
activation = [ACTIVATIONS]
[regularization]
dropout = [0.0, 0.1]
[training]
steps = 200
[sweep]
seeds = 1
"""

# The most that a prediction may be off by: what the project promises of its exports.
TOLERANCE = 1e-5


def activations(actlab):
    """The names that the schema of experiments has."""
    schema = json.loads(run(actlab, "init", "--schema"))
    found = []

    def walk(node):
        if isinstance(node, dict):
            if "relu" in node.get("enum", []):
                found.extend(node["enum"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(schema["properties"]["network"]["properties"]["activation"])
    return list(dict.fromkeys(found))


def run(actlab, *arguments):
    ran = subprocess.run([actlab, *map(str, arguments)], capture_output=True, text=True)
    if ran.returncode != 0:
        sys.exit(f"{arguments}: {ran.stderr}")
    return ran.stdout


def module(path):
    spec = importlib.util.spec_from_file_location("model", path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def difference(actlab, folder, row):
    """The largest difference of the answers, and what it is a share of: the largest answer."""
    inputs = 2 if "x1" in row["target"] else 1
    grid = ["--x", "-15:15:0.25"] if inputs == 1 else ["--x", "-15:15:1", "--x", "-15:15:1"]
    table = list(csv.reader(io.StringIO(run(actlab, "predict", folder / "run", row["trial"], *grid))))
    numbers = np.array(table[1:], dtype=np.float64)
    x, answers = torch.from_numpy(numbers[:, :inputs]), numbers[:, inputs]
    model = module(folder / "modules" / row["trial"] / "model.py")
    with torch.no_grad():
        found = model.predict(model.load().double(), x)[:, 0].numpy()
    return np.abs(found - answers).max(), max(1.0, np.abs(answers).max())


def check(actlab, folder, name, hidden, names):
    text = EXPERIMENT.replace("HIDDEN", ",\n".join(hidden)).replace("ACTIVATIONS", ", ".join(f'"{name}"' for name in names))
    file = folder / "experiment.toml"
    file.write_text(text)
    run(actlab, "sweep", file, "--out", folder / "run", "--backend", "ndarray")
    run(actlab, "export", folder / "run", "--format", "pytorch", "--to", folder / "modules")
    rows = list(csv.DictReader(io.StringIO(run(actlab, "export", folder / "run"))))
    worst = (0.0, None)
    for row in rows:
        off, scale = difference(actlab, folder, row)
        worst = max(worst, (off / scale, f"{row['activation']}, {row['hidden']}, {row['target']}"))
    print(f"{name}: {len(rows)} networks, off by {worst[0]:.1e} at most ({worst[1]})")
    return worst[0] < TOLERANCE


def main():
    actlab = pathlib.Path(sys.argv[1]).resolve()
    names = activations(actlab)
    print(f"PyTorch {torch.__version__}; differences are shares of the largest answer, or of 1 where that is more")
    parts = [("perceptrons of every activation", ["[8, 8]"], names), ("networks of every part", NETWORKS, ["relu", "tanh"])]
    good = True
    for name, hidden, activations_ in parts:
        with tempfile.TemporaryDirectory() as folder:
            good &= check(actlab, pathlib.Path(folder), name, hidden, activations_)
    sys.exit(0 if good else f"more than {TOLERANCE}")


main()
