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


# Optimisers: where given gradients take a few parameters in 20 steps, in double precision.

STEPS = 20
RATE = 0.03125


def optimizers():
    """Every optimiser with its defaults and with settings of every kind, then clipped and scheduled."""
    sgd, rmsprop, adam, adamw = torch.optim.SGD, torch.optim.RMSprop, torch.optim.Adam, torch.optim.AdamW
    plain = [
        walk("sgd", sgd, {}),
        walk("sgd", sgd, {"momentum": 0.9}),
        walk("sgd", sgd, {"momentum": 0.9, "dampening": 0.5}),
        walk("sgd", sgd, {"dampening": 0.5}),
        walk("sgd", sgd, {"momentum": 0.9, "nesterov": True}),
        walk("sgd", sgd, {"momentum": 0.5, "nesterov": True, "weight_decay": 0.1}),
        walk("sgd", sgd, {"weight_decay": 0.1}),
        walk("rmsprop", rmsprop, {}),
        walk("rmsprop", rmsprop, {"alpha": 0.9, "epsilon": 1e-3}),
        walk("rmsprop", rmsprop, {"momentum": 0.9}),
        walk("rmsprop", rmsprop, {"centered": True}),
        walk("rmsprop", rmsprop, {"centered": True, "momentum": 0.9, "weight_decay": 0.1}),
        walk("rmsprop", rmsprop, {"weight_decay": 0.1}),
        walk("adam", adam, {}),
        walk("adam", adam, {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-2}),
        walk("adam", adam, {"weight_decay": 0.1}),
        walk("adamw", adamw, {}),
        walk("adamw", adamw, {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-2, "weight_decay": 0.5}),
    ]
    clipped = [
        walk("sgd", sgd, {}, clip=1.0),
        walk("sgd", sgd, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}, clip=2.0),
        walk("adam", adam, {"weight_decay": 0.1}, clip=0.5),
        walk("rmsprop", rmsprop, {"centered": True, "momentum": 0.5}, clip=1.5),
    ]
    scheduled = [walk("sgd", sgd, {"momentum": 0.9}, schedule=each) for each in SCHEDULES]
    start, gradients = given()
    walks = plain + clipped + scheduled
    return {"start": start.tolist(), "gradients": gradients.tolist(), "learning_rate": RATE, "optimizers": walks}


def given():
    """A start, and gradients of all sizes: all are floats, and what follows is not rounded to floats."""
    random = torch.Generator().manual_seed(1)
    size = 7
    start = torch.randn(size, generator=random).double()
    gradients = torch.randn(STEPS, size, generator=random) * torch.logspace(-2, 1, size)
    return start, gradients.double()


def walk(name, optimizer, settings, clip=0.0, schedule=None):
    start, gradients = given()
    parameter = torch.nn.Parameter(start.clone())
    trained = optimizer([parameter], lr=RATE, **in_torch(settings))
    scheduler = scheduled_by(trained, schedule, STEPS)
    after = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        if clip > 0:
            torch.nn.utils.clip_grad_norm_([parameter], clip)
        trained.step()
        scheduler.step()
        after.append(parameter.detach().tolist())
    return {
        "name": name,
        "settings": settings,
        "clip": clip,
        "schedule": schedule,
        "parameters": after,
    }


def in_torch(settings):
    """Our words are PyTorch's, but for those that it shortens."""
    settings = dict(settings)
    if "epsilon" in settings:
        settings["eps"] = settings.pop("epsilon")
    if "beta1" in settings:
        settings["betas"] = (settings.pop("beta1"), settings.pop("beta2"))
    return settings


# Schedules: the learning rate at every step.

SCHEDULES = [
    {"name": "constant", "warmup": 5},
    {"name": "step", "every": 6, "factor": 0.5},
    {"name": "step", "every": 4, "factor": 0.1, "warmup": 7},
    {"name": "exponential", "factor": 0.9},
    {"name": "exponential", "factor": 0.9, "warmup": 3},
    {"name": "linear", "to": 0.0},
    {"name": "linear", "to": 0.25, "warmup": 4},
    {"name": "cosine", "to": 0.0},
    {"name": "cosine", "to": 0.125, "warmup": 5},
]


def schedules():
    return {"schedules": [rates(schedule, steps) for schedule in SCHEDULES for steps in (STEPS, 100)]}


def rates(schedule, steps):
    learning_rate = 0.3
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=learning_rate)
    scheduler = scheduled_by(optimizer, schedule, steps)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return {"schedule": schedule, "learning_rate": learning_rate, "steps": steps, "rates": found}


def scheduled_by(optimizer, schedule, steps):
    """PyTorch's scheduler, after its LinearLR where it is warmed up to."""
    schedule = dict(schedule or {"name": "constant"})
    warmup, name = schedule.pop("warmup", 0), schedule.pop("name")
    rate = optimizer.param_groups[0]["lr"]
    of = torch.optim.lr_scheduler
    make = {
        "constant": lambda _: of.ConstantLR(optimizer, factor=1.0),
        "step": lambda _: of.StepLR(optimizer, step_size=schedule["every"], gamma=schedule["factor"]),
        "exponential": lambda _: of.ExponentialLR(optimizer, gamma=schedule["factor"]),
        "linear": lambda rest: of.LinearLR(optimizer, 1.0, schedule["to"], total_iters=rest),
        "cosine": lambda rest: of.CosineAnnealingLR(optimizer, T_max=rest, eta_min=schedule["to"] * rate),
    }[name]
    if warmup == 0:
        return make(steps)
    rising = of.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup)
    return of.SequentialLR(optimizer, [rising, make(steps - warmup)], milestones=[warmup])


# Losses: the mean over a network's values, and its gradient, in double precision.


def losses():
    rules = [
        ("mse", {}, torch.nn.MSELoss()),
        ("mae", {}, torch.nn.L1Loss()),
        ("huber", {}, torch.nn.HuberLoss()),
        ("huber", {"delta": 0.25}, torch.nn.HuberLoss(delta=0.25)),
    ]
    random = torch.Generator().manual_seed(1)
    # Differences that are zero, on delta, next to it, and of all sizes.
    target = torch.tensor([0.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    prediction = torch.tensor([0.0, 1.0, -1.0, 1.0, -1.0, 0.25, -0.25, 1e-30])
    others = torch.randn(33, generator=random) * torch.logspace(-3, 2, 33)
    prediction, target = torch.cat([prediction, others]).double(), torch.cat([target, others.flip(0)]).double()
    found = []
    for name, settings, rule in rules:
        at = prediction.clone().requires_grad_()
        loss = rule(at, target)
        loss.backward()
        found.append({"name": name, "settings": settings, "loss": loss.item(), "gradient": at.grad.tolist()})
    return {"prediction": prediction.tolist(), "target": target.tolist(), "losses": found}


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


SECTIONS = {
    "initializations": initializations,
    "penalties": penalties,
    "optimizers": optimizers,
    "schedules": schedules,
    "losses": losses,
    "activations": activations,
}


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
