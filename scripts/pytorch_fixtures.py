#!/usr/bin/env python3
"""PyTorch's numbers, which the tests of actlab-model hold ours against.

One file for each section, with PyTorch's version in it: crates/model/tests/fixtures/SECTION.json. The tests read the
files, so that nobody needs PyTorch to run them.

    python3 scripts/pytorch_fixtures.py [SECTION ..]    # all sections, or these
"""

import json
import pathlib
import sys

import torch

FOLDER = pathlib.Path(__file__).parent.parent / "crates/model/tests/fixtures"


# Initialisations: what torch.nn.init draws weights from.


def initializations():
    """Of layers of several shapes, and of every activation that PyTorch has a gain for."""
    shapes = [(1, 64), (64, 64), (64, 1), (3, 100), (784, 10)]
    plain = [("relu", 0.0), ("tanh", 0.0), ("sigmoid", 0.0), ("selu", 0.0), ("linear", 0.0)]
    activations = plain + [("leaky_relu", 0.01), ("leaky_relu", 0.25)]
    found = []
    for inputs, outputs in shapes:
        layer = torch.nn.Linear(inputs, outputs)

        def add(rule, drawn, activation="linear", slope=0.0):
            distribution, number = drawn
            place = {"rule": rule, "inputs": inputs, "outputs": outputs, "activation": activation, "slope": slope}
            found.append(place | {"distribution": distribution, "number": number})

        weight, bias = asked_for(layer.reset_parameters)
        add("pytorch", weight)
        add("bias", bias)
        for kind in ["uniform", "normal"]:
            xavier = getattr(torch.nn.init, f"xavier_{kind}_")
            add(f"xavier_{kind}", *asked_for(lambda: xavier(layer.weight)))
            kaiming = getattr(torch.nn.init, f"kaiming_{kind}_")
            for activation, slope in activations:
                drawn = asked_for(lambda: kaiming(layer.weight, a=slope, nonlinearity=activation))
                add(f"kaiming_{kind}", *drawn, activation, slope)
    return {"initializations": found}


def asked_for(initialize):
    """The distributions that tensors are filled from meanwhile: the bound of a uniform one, the deviation of a normal."""
    drawn = []
    uniform, normal = torch.Tensor.uniform_, torch.Tensor.normal_

    def uniform_(tensor, low, high, generator=None):
        assert low == -high
        drawn.append(("uniform", float(high)))
        return tensor

    def normal_(tensor, mean, deviation, generator=None):
        assert mean == 0
        drawn.append(("normal", float(deviation)))
        return tensor

    torch.Tensor.uniform_, torch.Tensor.normal_ = uniform_, normal_
    try:
        initialize()
    finally:
        torch.Tensor.uniform_, torch.Tensor.normal_ = uniform, normal
    return drawn


# Penalties: their gradients, and what is left of weights after a step, in double precision.


def penalties():
    random = torch.Generator().manual_seed(11)
    found = []
    for inputs, outputs in [(1, 5), (6, 1), (7, 4), (9, 17)]:
        # Floats of four digits.
        def draw(*shape):
            return torch.randn(shape, generator=random).mul(1e4).round().div(1e4).double()

        weight, right = draw(inputs, outputs), draw(outputs)
        weight[0, 0] = 0.0
        left, next_right, sigma = power_iteration(weight, right)

        def add(name, coefficient, expected, learning_rate=0.125):
            strength = {"name": name, "coefficient": coefficient, "learning_rate": learning_rate}
            tensors = {"weight": weight, "right": right, "expected": expected}
            shape = {"inputs": inputs, "outputs": outputs}
            found.append(strength | shape | {key: tensor.flatten().tolist() for key, tensor in tensors.items()})

        added = {
            "l1": lambda w: w.abs().sum(),
            "l2": lambda w: 0.5 * w.square().sum(),
            "spectral": lambda w: 0.5 * (left @ w @ next_right) ** 2,
        }
        for name, penalty in added.items():
            at = weight.clone().requires_grad_()
            (0.375 * penalty(at)).backward()
            add(name, 0.375, at.grad)
        # What plain gradient descent takes off a weight for the spectral penalty alone.
        at = weight.clone().requires_grad_()
        (0.375 * added["spectral"](at)).backward()
        torch.optim.SGD([at], lr=0.125).step()
        add("spectral_decoupled", 0.375, at.detach())
        for bound in [0.75, 0.5 * sigma, 2.0 * sigma]:
            bound = round(bound * 64) / 64
            add("spectral_norm", bound, weight * min(1.0, bound / sigma))
    return {"penalties": found}


def power_iteration(weight, right):
    """One iteration of PyTorch's own spectral_norm."""
    norm = torch.nn.utils.parametrizations._SpectralNorm(weight, n_power_iterations=1)
    norm._v.copy_(right)
    norm.train()
    normalised = norm(weight)
    largest = weight.abs().argmax()
    sigma = weight.flatten()[largest] / normalised.flatten()[largest]
    return norm._u.clone(), norm._v.clone(), sigma.item()


SECTIONS = {"initializations": initializations, "penalties": penalties}


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
