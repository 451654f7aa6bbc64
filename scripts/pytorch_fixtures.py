#!/usr/bin/env python3
"""Numbers of PyTorch, which tests compare ours with.

    scripts/pytorch_fixtures.py            # all sections
    scripts/pytorch_fixtures.py penalties  # one

Each section writes crates/model/tests/fixtures/SECTION.csv, whose first line has PyTorch's version. Continuous integration
needs no PyTorch: the files are in the repository.
"""

import pathlib
import sys

import torch

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "crates" / "model" / "tests" / "fixtures"

SECTIONS = {}


def section(function):
    """A function that gives the lines of a file, the names of the columns first."""
    SECTIONS[function.__name__] = function
    return function


def numbers(values):
    return " ".join(f"{value:.10g}" for value in values.flatten().tolist())


# Initialisations: what torch.nn.init asks for.


@section
def initialization():
    yield "rule,inputs,outputs,activation,slope,distribution,number"
    shapes = [(1, 64), (64, 64), (64, 1), (3, 100), (784, 10)]
    activations = [("linear", 0.0), ("relu", 0.0), ("leaky_relu", 0.01), ("leaky_relu", 0.25), ("tanh", 0.0), ("sigmoid", 0.0), ("selu", 0.0)]
    for inputs, outputs in shapes:
        linear = torch.nn.Linear(inputs, outputs)
        weight, bias = asked_for(linear.reset_parameters)
        yield row("pytorch", inputs, outputs, "linear", 0.0, weight)
        yield row("bias", inputs, outputs, "linear", 0.0, bias)
        for kind in ["uniform", "normal"]:
            xavier = getattr(torch.nn.init, f"xavier_{kind}_")
            [drawn] = asked_for(lambda: xavier(linear.weight))
            yield row(f"xavier_{kind}", inputs, outputs, "linear", 0.0, drawn)
            kaiming = getattr(torch.nn.init, f"kaiming_{kind}_")
            for activation, slope in activations:
                [drawn] = asked_for(lambda: kaiming(linear.weight, a=slope, nonlinearity=activation))
                yield row(f"kaiming_{kind}", inputs, outputs, activation, slope, drawn)


def row(rule, inputs, outputs, activation, slope, drawn):
    distribution, number = drawn
    return f"{rule},{inputs},{outputs},{activation},{slope:g},{distribution},{number!r}"


def asked_for(initialize):
    """The distributions that tensors are drawn from meanwhile: the bound of a uniform one, the deviation of a normal."""
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


# Penalties: their gradients, and what is left of weights after a step.


@section
def penalties():
    yield "penalty,coefficient,learning_rate,inputs,outputs,weight,right,expected"
    generator = torch.Generator().manual_seed(11)
    for inputs, outputs in [(1, 5), (6, 1), (7, 4), (9, 17)]:
        def draw(*shape):
            return (torch.randn(*shape, generator=generator).mul(1e4).round() / 1e4).double()

        weight, right = draw(inputs, outputs), draw(outputs)
        weight[0, 0] = 0.0
        left, next_right, sigma = power_iteration(weight, right)
        added = {
            "l1": lambda w: w.abs().sum(),
            "l2": lambda w: 0.5 * w.square().sum(),
            "spectral": lambda w: 0.5 * (left @ w @ next_right) ** 2,
        }
        for name, penalty in added.items():
            parameter = weight.clone().requires_grad_()
            (0.3 * penalty(parameter)).backward()
            yield case(name, 0.3, 0.0, weight, right, parameter.grad)
        # What plain gradient descent takes off a weight for the spectral penalty alone.
        parameter = weight.clone().requires_grad_()
        (0.3 * added["spectral"](parameter)).backward()
        torch.optim.SGD([parameter], lr=0.1).step()
        yield case("spectral_decoupled", 0.3, 0.1, weight, right, parameter.detach())
        for bound in [0.75, 0.5 * float(sigma), 2.0 * float(sigma)]:
            bound = round(bound, 3)
            yield case("spectral_norm", bound, 0.1, weight, right, weight * min(1.0, bound / float(sigma)))


def power_iteration(weight, right):
    """One iteration of PyTorch's own spectral_norm."""
    norm = torch.nn.utils.parametrizations._SpectralNorm(weight, n_power_iterations=1)
    norm._v.copy_(right)
    norm.train()
    normalised = norm(weight)
    largest = weight.abs().argmax()
    sigma = weight.flatten()[largest] / normalised.flatten()[largest]
    return norm._u.clone(), norm._v.clone(), sigma


def case(name, coefficient, learning_rate, weight, right, expected):
    inputs, outputs = weight.shape
    head = f"{name},{coefficient:g},{learning_rate:g},{inputs},{outputs}"
    return f"{head},{numbers(weight)},{numbers(right)},{numbers(expected)}"


def main():
    names = sys.argv[1:] or list(SECTIONS)
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        sys.exit(f"there is no section {unknown[0]}; there are {', '.join(SECTIONS)}")
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        lines = [f"# PyTorch {torch.__version__}, by scripts/pytorch_fixtures.py", *SECTIONS[name]()]
        (FOLDER / f"{name}.csv").write_text("\n".join(lines) + "\n")
        print(f"{name}: {len(lines) - 2} rows", file=sys.stderr)


if __name__ == "__main__":
    main()
