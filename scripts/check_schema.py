#!/usr/bin/env python3
"""Whether editors that follow the JSON Schema of experiments take what the program takes, and refuse what it refuses.

    scripts/check_schema.py ACTLAB      the program, as target/release/actlab

Every experiment that comes with the program has to pass, and what `actlab init` writes; so has each of the pieces below,
beside a target, and none of the wrong ones may. The program has to be of the same opinion. Needs the package jsonschema.
"""

import pathlib
import subprocess
import sys
import tempfile
import tomllib
import json

import jsonschema

FUNCTION = '[target]\nfunction = "x"\n'
RIGHT = [
    "[data]\nrange = [[[-5, -1], [1, 5]]]",
    "[network]\nhidden = 64",
    "[network]\nhidden = [[]]",
    "[sweep]\nseeds = [0, 7]",
    '[training]\noptimizer = { name = "sgd", momentum = [0.0, 0.9], nesterov = false }',
    '[training]\noptimizer = ["adam", { name = "rmsprop", centered = true }]',
    '[training]\nschedule = { name = "step", every = 10, factor = 0.5, warmup = 5 }',
    '[training]\nloss = ["mse", { name = "huber", delta = 0.1 }]',
    "[training]\nclip = [0, 1.0]",
    '[data]\nsampling = ["grid", { name = "lattice", step = 0.01 }]\nsample_seed = ["own", 0]',
    '[[published]]\nquantity = "prediction"\nat = 20\nwhere = { seed = 0 }\nvalue = 1\ntolerance = 0.1\nsource = "a"',
    '[[published]]\nquantity = "r2"\nstatistic = "least"\ninterval = [0.99, 1]\nsource = "a"',
    '[network]\nactivation = { name = "leaky_relu", slope = 0.2, learn = ["slope"] }',
    '[network]\nactivation = { name = "snake", a = [1, 5], learn = ["a"] }',
    '[network]\nactivation = "sinu"\ninitialization = ["siren", { name = "kaiming_normal", bias = 0.1, gain = 2 }]',
    '[regularization]\nl1 = [0, 1e-3]\nspectral_decoupled = 0.1\nspectral_norm = [0, 1]',
]
WRONG = [
    "[training]\nstepz = 5",
    "[training]\nsteps = -1",
    "[training]\nsteps = []",
    "[training]\nlearning_rate = [1e-3, 0]",
    '[network]\nactivation = "tahn"',
    '[network]\nactivation = { name = "snake", a = [] }',
    '[network]\ninitialization = "kaiming"',
    '[network]\ninitialization = { name = "pytorch", bias = "none" }',
    '[network]\ninitialization = { name = "pytorch", gain = 0 }',
    "[regularization]\nspectral_norm = -1",
    "[network]\nhidden = [64, 0]",
    "[data]\nrange = [1]",
    "[data]\nholdout = 0.2",
    "[far_field]\ndistance = [5, 10]",
    "[sweeps]\nseeds = 5",
    '[data]\nsampling = "lattice"',
    '[training]\noptimizer = "sdg"',
    "[training]\noptimizer = { momentum = 0.9 }",
    '[training]\noptimizer = { name = "adam", momentum = 0.9 }',
    '[training]\noptimizer = { name = "sgd", momentum = 1.5 }',
    '[training]\nschedule = { name = "step", every = 0 }',
    '[training]\nloss = { name = "mse", delta = 1.0 }',
    "[training]\nclip = -1",
    '[data]\nsample_seed = "mine"',
    '[[published]]\nquantity = "r2"\ninterval = [0.99, 1]',
    '[[published]]\nquantity = "r2"\nvalues = 1\nsource = "a"',
]
TEACHERS = '[target]\nteacher = [{ hidden = [16], activation = "tanh" }, { hidden = [4], seed = 3, scale = 2 }]'
WRONG_TARGETS = [
    '[target]\nteacher = { hidden = [16] }\nfunction = "x"',
    '[target]\nteacher = { hiden = [16] }',
    '[target]\ndata = "d.csv"', '[target]\nfunction = "x"\ndata = "d.csv"',
    'name = "x"',
]


def main(actlab: str) -> int:
    def output(*arguments: str) -> str:
        return subprocess.run([actlab, *arguments], check=True, capture_output=True, text=True).stdout

    schema = json.loads(output("init", "--schema"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failures = []

    def takes(name: str, path: pathlib.Path) -> None:
        errors = [error.message for error in validator.iter_errors(tomllib.loads(path.read_text()))]
        failures.extend(f"{name}: the schema refuses it: {error}" for error in errors)
        program = subprocess.run([actlab, "sweep", path, "--dry-run"], capture_output=True, text=True)
        if program.returncode != 0:
            failures.append(f"{name}: the program refuses it: {program.stderr}")

    def refuses(text: str, path: pathlib.Path) -> None:
        if validator.is_valid(tomllib.loads(text)):
            failures.append(f"the schema takes\n{text}")
        program = subprocess.run([actlab, "sweep", path, "--dry-run"], capture_output=True, text=True)
        if program.returncode != 2:
            failures.append(f"the program does not refuse (exit {program.returncode})\n{text}")

    root = pathlib.Path(__file__).resolve().parent.parent
    for path in sorted((root / "experiments").rglob("*.toml")):
        takes(str(path.relative_to(root)), path)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "mine.toml"
        subprocess.run([actlab, "init", path], check=True, capture_output=True)
        takes("what init writes", path)
        for text in [FUNCTION + piece for piece in RIGHT] + [TEACHERS]:
            path.write_text(text)
            takes(text, path)
        for text in [FUNCTION + piece for piece in WRONG] + WRONG_TARGETS:
            path.write_text(text)
            refuses(text, path)
    print("\n\n".join(failures) or "schema and program agree", file=sys.stderr)
    return min(len(failures), 1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
