#!/usr/bin/env python3
"""PyTorch's numbers, which the tests of actlab-model hold ours against.

One file for each section, with PyTorch's version in it: crates/model/tests/fixtures/SECTION.json. The tests read the
files, so that nobody needs PyTorch to run them.

    python3 scripts/pytorch_fixtures.py [SECTION ..]    # all sections, or these
"""

import json
import pathlib
import struct
import sys

import mpmath
import torch

FOLDER = pathlib.Path(__file__).parent.parent / "crates/model/tests/fixtures"


# Activations: values and derivatives in double precision, at arguments that a float holds exactly.


def single(number):
    """The float nearest to a number."""
    return struct.unpack("f", struct.pack("f", number))[0]


def arguments():
    """Every kink there is, what lies next to it, and from subnormal to huge."""
    kinks = [0.25, 0.5, 0.75, 1.0, 2.0, 3.0, 6.0]
    beside = [single(kink * (1 + share)) for kink in kinks for share in (-(2.0**-22), 2.0**-22)]
    others = [0.01, 0.1, 0.35, 0.9, 1.3, 1.5, 1.9, 4.5, 5.0, 8.0, 12.0, 20.0, 33.0, 90.0, 1e3, 1e6]
    extreme = [1e-45, 1e-40, 1e-30, 1e-10, 1e-5, 1e30, 1e38]
    sizes = sorted({single(x) for x in kinks + beside + others + extreme})
    return [-x for x in reversed(sizes)] + [0.0] + sizes


def activations():
    """By PyTorch's own functions, and where it has none by their formulas in its double precision."""
    f = torch.nn.functional
    torch_has = [
        ("relu", {}, f.relu),
        ("leaky_relu", {"slope": single(0.01)}, lambda x, slope: f.leaky_relu(x, single(0.01))),
        ("leaky_relu", {"slope": -0.25}, lambda x, slope: f.leaky_relu(x, -0.25)),
        ("tanh", {}, torch.tanh),
        ("sigmoid", {}, torch.sigmoid),
        ("identity", {}, torch.nn.Identity()),
        # Without its shortcut: from 20 on it is the argument, 2e-9 less than softplus.
        ("softplus", {}, lambda x: f.softplus(x, threshold=100)),
        ("elu", {"alpha": 1.0}, lambda x, alpha: f.elu(x)),
        ("elu", {"alpha": -0.5}, lambda x, alpha: f.elu(x, -0.5)),
        ("selu", {}, f.selu),
        ("celu", {"alpha": 1.0}, lambda x, alpha: f.celu(x)),
        ("celu", {"alpha": 0.5}, lambda x, alpha: f.celu(x, 0.5)),
        ("gelu", {}, f.gelu),
        ("gelu_tanh", {}, lambda x: f.gelu(x, approximate="tanh")),
        ("silu", {"beta": 1.0}, lambda x, beta: f.silu(x)),
        ("mish", {}, f.mish),
        ("softsign", {}, f.softsign),
        ("hardtanh", {"min": -1.0, "max": 1.0}, lambda x, min, max: f.hardtanh(x)),
        ("hardtanh", {"min": -2.0, "max": 0.5}, lambda x, min, max: f.hardtanh(x, -2.0, 0.5)),
        ("relu6", {}, f.relu6),
        ("prelu", {"slope": 0.25}, lambda x, slope: f.prelu(x, slope.reshape(1))),
        ("prelu", {"slope": -2.0}, lambda x, slope: f.prelu(x, slope.reshape(1))),
        ("hardshrink", {"lambda": 0.5}, lambda x, _: f.hardshrink(x)),
        ("hardshrink", {"lambda": 0.75}, lambda x, _: f.hardshrink(x, 0.75)),
        ("softshrink", {"lambda": 0.5}, lambda x, _: f.softshrink(x)),
        ("softshrink", {"lambda": 0.75}, lambda x, _: f.softshrink(x, 0.75)),
        ("tanhshrink", {}, f.tanhshrink),
        # Its definition; the derivative of PyTorch's own is a sixth that is rounded to a float.
        ("hardsigmoid", {}, lambda x: f.relu6(x + 3) / 6),
        ("hardswish", {}, f.hardswish),
        ("sinu", {}, torch.sin),
        ("cosine", {}, torch.cos),
        ("square", {}, torch.square),
        ("abs", {}, torch.abs),
    ]
    closed_forms = [
        ("elu", {"alpha": 2.0}, lambda x, alpha: torch.where(x > 0, x, alpha * torch.expm1(left(x)))),
        ("celu", {"alpha": 2.0}, lambda x, alpha: torch.where(x > 0, x, alpha * torch.expm1(left(x) / alpha))),
        ("silu", {"beta": 2.0}, lambda x, beta: x * torch.sigmoid(beta * x)),
        ("silu", {"beta": -0.5}, lambda x, beta: x * torch.sigmoid(beta * x)),
        ("snake", {"a": 1.0}, snake),
        ("snake", {"a": 5.0}, snake),
        ("snake", {"a": -0.5}, snake),
        ("x_plus_sin", {}, lambda x: x + torch.sin(x)),
        ("sine", {"omega": 1.0}, lambda x, omega: torch.sin(omega * x)),
        ("sine", {"omega": 30.0}, lambda x, omega: torch.sin(omega * x)),
        ("gaussian", {}, lambda x: torch.exp(-x * x)),
    ]
    x = arguments()
    # What PyTorch takes as a number it does not differentiate by.
    has = [entry(name, parameters, function, x, learned=name == "prelu") for name, parameters, function in torch_has]
    forms = [entry(name, parameters, function, x, learned=True) for name, parameters, function in closed_forms]
    return {"x": x, "activations": has + forms + [sinc(x)]}


def sinc(x):
    """With the digits that its derivative loses near 0, in PyTorch's too."""
    mpmath.mp.dps = 150
    points = [mpmath.mpf(at) for at in x]
    value = [mpmath.sin(at) / at if at else 1 for at in points]
    derivative = [(mpmath.cos(at) - y) / at if at else 0 for at, y in zip(points, value)]
    numbers = {"value": [float(y) for y in value], "derivative": [float(y) for y in derivative]}
    return {"name": "sinc", "parameters": {}} | numbers | {"by_parameter": {}}


def left(x):
    """The argument, where it is not positive: nothing overflows, and at 0 the derivative is that on the left."""
    return torch.where(x > 0, 0.0, x)


def snake(x, a):
    return x + torch.sin(a * x) ** 2 / a


def entry(name, parameters, function, x, learned):
    """Value, derivative, and the derivative by each parameter, at each argument by itself."""
    found = {"name": name, "parameters": parameters, "value": [], "derivative": []}
    by_parameter = {parameter: [] for parameter in parameters} if learned else {}
    for at in x:
        argument = torch.tensor([at], dtype=torch.float64, requires_grad=True)
        values = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in parameters.values()]
        y = function(argument, *values)
        y.sum().backward()
        found["value"].append(y.item())
        found["derivative"].append(argument.grad.item())
        for parameter, value in zip(by_parameter, values):
            by_parameter[parameter].append(value.grad.item())
    return found | {"by_parameter": by_parameter}


SECTIONS = {"activations": activations}


def lines(numbers):
    """JSON with one line for each list of numbers."""
    if isinstance(numbers, dict):
        return "{" + ",\n".join(f"{json.dumps(key)}: {lines(value)}" for key, value in numbers.items()) + "}"
    if isinstance(numbers, list) and numbers and isinstance(numbers[0], dict):
        return "[" + ",\n".join(lines(value) for value in numbers) + "]"
    return json.dumps(numbers, allow_nan=False)


def main():
    for name in sys.argv[1:] or SECTIONS:
        FOLDER.mkdir(parents=True, exist_ok=True)
        content = {"made_by": f"PyTorch {torch.__version__}"} | SECTIONS[name]()
        (FOLDER / f"{name}.json").write_text(lines(content) + "\n")


main()
