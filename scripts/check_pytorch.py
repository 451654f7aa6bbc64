#!/usr/bin/env python3
"""Whether PyTorch, from our initial weights and samples, trains as actlab does: the loss by step, for 100 steps.

    cargo build --release
    python3 scripts/check_pytorch.py [target/release/actlab [KIND ..]]    # all kinds, or such as optimizer and loss

For every activation, optimizer, schedule, loss and penalty that the program knows of (it says so itself, in the schema of
experiments) small networks are swept, their initial weights and samples exported and trained again in PyTorch, in single
precision. Two losses may be apart by 1e-4 of the first one. How far rounding alone takes a training shows beside it:
PyTorch's own, in single and in double precision; where a training is chaotic ours may be apart by three times that. The tables
below say what each name is in PyTorch; a name that is missing there fails the check. On stdout there is what docs/pytorch.md
has: for each name the furthest that the losses were apart.
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import torch

TOLERANCE = 1e-4
STEPS = 100
f = torch.nn.functional

HEADER = f"""# Training against PyTorch

Networks of 24 and 24 units learn `sin(2*x) + 0.5*x` from 96 points, two of each kind, once by actlab and once by PyTorch
{torch.__version__}, from the same initial weights and samples (`actlab export --initial --samples`), for {STEPS} steps. Beside the
setting that is named all are plain: tanh, Adam at a rate of 0.01, mean squared error (for `clip` gradient descent with
momentum, since Adam takes no notice of how long a gradient is).

Shares of the first loss: how far the losses of both are **apart** at most, on the way and at the end; how far **PyTorch's
own** are, in single and in double precision, which is what rounding does; and what is **left** of the loss.
`scripts/check_pytorch.py` writes this page, and fails where two are further apart than {TOLERANCE:g} and than
three times what PyTorch's own are.
"""

# What we call what, with our settings as arguments.

ACTIVATIONS = {
    "relu": lambda z: f.relu(z),
    "leaky_relu": lambda z, slope=0.01: torch.where(z > 0, z, slope * z),
    "tanh": torch.tanh,
    "sinu": torch.sin,
    "sigmoid": torch.sigmoid,
    "softplus": f.softplus,
    "identity": lambda z: z,
    "elu": lambda z, alpha=1.0: f.elu(z, alpha),
    "selu": f.selu,
    "celu": lambda z, alpha=1.0: f.celu(z, alpha),
    "gelu": f.gelu,
    "gelu_tanh": lambda z: f.gelu(z, approximate="tanh"),
    "silu": lambda z, beta=1.0: z * torch.sigmoid(beta * z),
    "mish": f.mish,
    "softsign": f.softsign,
    "hardtanh": lambda z, min=-1.0, max=1.0: f.hardtanh(z, min, max),
    "relu6": f.relu6,
    "prelu": lambda z, slope=0.25: torch.where(z > 0, z, slope * z),
    "hardshrink": lambda z, **of: f.hardshrink(z, of.get("lambda", 0.5)),
    "softshrink": lambda z, **of: f.softshrink(z, of.get("lambda", 0.5)),
    "tanhshrink": f.tanhshrink,
    "hardsigmoid": f.hardsigmoid,
    "hardswish": f.hardswish,
    "snake": lambda z, a=1.0: z + torch.sin(a * z) ** 2 / a,
    "x_plus_sin": lambda z: z + torch.sin(z),
    "sine": lambda z, omega=30.0: torch.sin(omega * z),
    "cosine": torch.cos,
    "gaussian": lambda z: torch.exp(-(z**2)),
    "sinc": lambda z: torch.sinc(z / torch.pi),
    "square": torch.square,
    "abs": torch.abs,
}

OPTIMIZERS = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "sgd": torch.optim.SGD,
    "rmsprop": torch.optim.RMSprop,
}

LOSSES = {
    "mse": torch.nn.MSELoss,
    "mae": torch.nn.L1Loss,
    "huber": torch.nn.HuberLoss,
}

of = torch.optim.lr_scheduler
SCHEDULES = {
    "constant": lambda optimizer, steps, rate: of.ConstantLR(optimizer, 1.0),
    "step": lambda optimizer, steps, rate, every=500, factor=0.1: of.StepLR(optimizer, every, factor),
    "exponential": lambda optimizer, steps, rate, factor=0.999: of.ExponentialLR(optimizer, factor),
    "linear": lambda optimizer, steps, rate, to=0.0: of.LinearLR(optimizer, 1.0, to, steps),
    "cosine": lambda optimizer, steps, rate, to=0.0: of.CosineAnnealingLR(optimizer, steps, to * rate),
}


def spectral(trial, coefficient):
    """One power iteration a step, from where ours start; the vectors are held constant."""
    total = 0.0
    for layer, weight in enumerate(trial.weights):
        with torch.no_grad():
            left = f.normalize(weight.T @ trial.right[layer], dim=0)
            trial.right[layer] = f.normalize(weight @ left, dim=0)
        total = total + (trial.right[layer] @ weight @ left) ** 2
    return coefficient / 2 * total


def l2(trial, coefficient):
    return coefficient / 2 * sum((weight**2).sum() for weight in trial.weights)


def l1(trial, coefficient):
    return coefficient * sum(weight.abs().sum() for weight in trial.weights)


PENALTIES = {"spectral": spectral, "l2": l2, "l1": l1}


def power_iterations(trial):
    """Of each weight that, its singular vectors and its largest singular value."""
    for layer, weight in enumerate(trial.weights):
        left = f.normalize(weight.T @ trial.right[layer], dim=0)
        right = f.normalize(weight @ left, dim=0)
        trial.right[layer] = right
        yield weight, right, left, right @ weight @ left


def spectral_decoupled(trial, coefficient, rate):
    for weight, right, left, sigma in power_iterations(trial):
        weight -= rate * coefficient * sigma * torch.outer(right, left)


def spectral_norm(trial, bound, rate):
    for weight, _, _, sigma in power_iterations(trial):
        weight *= min(1.0, bound / sigma.item())


# What is done to the weights after each step.
APPLIED = {"spectral_decoupled": spectral_decoupled, "spectral_norm": spectral_norm}

# Regularisers that cannot be compared: PyTorch draws other numbers.
DRAWN = ["dropout", "input_noise"]

# What is swept: of each kind every name, and settings that make it compute something else.

BASE = """
name = "check"
[target]
function = "sin(2*x) + 0.5*x"
[data]
range = [-2, 2]
samples = 96
[network]
hidden = [[24, 24]]
activation = {activation}
initialization = {initialization}
[regularization]
spectral = {spectral}
l2 = {l2}
l1 = {l1}
spectral_decoupled = {spectral_decoupled}
spectral_norm = {spectral_norm}
[training]
optimizer = {optimizer}
learning_rate = {learning_rate}
schedule = {schedule}
clip = {clip}
loss = {loss}
steps = %d
[sweep]
seeds = 2
""" % STEPS

PLAIN = {
    "activation": '"tanh"',
    "spectral": "0.0",
    "l2": "0.0",
    "l1": "0.0",
    "spectral_decoupled": "0.0",
    "spectral_norm": "0.0",
    "initialization": '"pytorch"',
    "optimizer": '"adam"',
    "learning_rate": "1e-2",
    "schedule": '"constant"',
    "clip": "0.0",
    "loss": '"mse"',
}

SPECIAL = {
    "activation": ['{ name = "leaky_relu", slope = 0.2 }', '{ name = "leaky_relu", slope = 0.2, learn = ["slope"] }'],
    "optimizer": [
        '{ name = "sgd", momentum = 0.9 }',
        '{ name = "sgd", momentum = 0.9, dampening = 0.5 }',
        '{ name = "sgd", momentum = 0.9, nesterov = true, weight_decay = 1e-2 }',
        # With a small epsilon it is chaotic at this rate: PyTorch's own precisions are 4e-2 apart.
        '{ name = "rmsprop", momentum = 0.5, centered = true, epsilon = 1e-1, weight_decay = 1e-2 }',
        '{ name = "rmsprop", alpha = 0.9, epsilon = 1e-4 }',
        '{ name = "adam", weight_decay = 1e-2, beta1 = 0.8, beta2 = 0.99, epsilon = 1e-6 }',
        '{ name = "adamw", weight_decay = 0.1 }',
    ],
    "schedule": [
        '{ name = "step", every = 30, factor = 0.5, warmup = 10 }',
        '{ name = "exponential", factor = 0.97 }',
        '{ name = "linear", to = 0.1, warmup = 20 }',
        '{ name = "cosine", to = 0.1, warmup = 20 }',
    ],
    "loss": ['{ name = "huber", delta = 0.2 }'],
    "spectral": ["1e-2", "1e-1"],
    "l2": ["1e-2"],
    "l1": ["1e-2"],
    "spectral_decoupled": ["1.0", "10.0"],
    "spectral_norm": ["0.5", "1.0"],
    "initialization": ['"kaiming_normal"', '{ name = "xavier_uniform", bias = "zero", gain = 1.5 }'],
    "clip": ["0.1", "1.0"],
}


def experiments(names):
    """For each kind one experiment, in which it is the only axis."""
    for kind in sys.argv[2:] or SPECIAL:
        values = [json.dumps(name) for name in names.get(kind, [])] + SPECIAL[kind]
        # Adam takes no notice of how long a gradient is.
        plain = PLAIN | {"optimizer": '{ name = "sgd", momentum = 0.9 }'} if kind == "clip" else PLAIN
        yield kind, BASE.format(**plain | {kind: f"[{', '.join(values)}]"})


class Trial:
    """A network of PyTorch from an export of ours."""

    def __init__(self, folder, name, precision=torch.float32):
        tensors, about = safetensors(folder / f"{name}.samples.safetensors", precision)
        weights, _ = safetensors(folder / f"{name}.initial.safetensors", precision)
        self.settings, self.history = about["settings"], about["history"]
        self.x, self.y = tensors["x"], tensors["y"]
        layers = range(sum(key.endswith(".weight") for key in weights))
        self.weights = [weights[f"{2 * layer}.weight"].requires_grad_() for layer in layers]
        self.biases = [weights[f"{2 * layer}.bias"].requires_grad_() for layer in layers]
        self.right = [tensors.get(f"{2 * layer}.right") for layer in layers]
        self.activation, numbers = named(self.settings["activation"])
        numbers.pop("learn", None)
        numbers.pop("formula", None)
        self.numbers = [dict(numbers) for _ in layers[1:]]
        self.learned = []
        for layer, of_layer in enumerate(self.numbers):
            place = f"{2 * layer + 1}."
            for key in (name.removeprefix(place) for name in weights if name.startswith(place)):
                of_layer[key] = weights[place + key].requires_grad_()
                self.learned.append(of_layer[key])

    def answers(self):
        z = self.x
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases)):
            z = f.linear(z, weight, bias)
            if layer < len(self.numbers):
                z = ACTIVATIONS[self.activation](z, **self.numbers[layer])
        return z

    def train(self):
        """The loss before each step, and after the last."""
        settings = self.settings
        name, numbers = named(settings["optimizer"])
        rate = settings["learning_rate"]
        decay = {} if not self.learned else {"weight_decay": 0.0}
        groups = [{"params": self.weights + self.biases}, {"params": self.learned} | decay]
        optimizer = OPTIMIZERS[name]([group for group in groups if group["params"]], lr=rate, **in_torch(numbers))
        scheduler = scheduled_by(optimizer, settings.get("schedule", "constant"), rate)
        name, numbers = named(settings.get("loss", "mse"))
        measure = LOSSES[name](**numbers)
        losses = []
        for step in range(STEPS + 1):
            loss = measure(self.answers(), self.y)
            losses.append(loss.item())
            if step == STEPS:
                return losses
            penalties = (PENALTIES[key](self, settings[key]) for key in PENALTIES if settings.get(key))
            optimizer.zero_grad()
            (loss + sum(penalties)).backward()
            if settings.get("clip"):
                torch.nn.utils.clip_grad_norm_(self.weights + self.biases + self.learned, settings["clip"])
            optimizer.step()
            with torch.no_grad():
                for key in APPLIED:
                    if settings.get(key):
                        APPLIED[key](self, settings[key], optimizer.param_groups[0]["lr"])
            scheduler.step()


def compared(folder, name):
    """As shares of the first loss: the furthest that our losses and PyTorch's are apart, the furthest that PyTorch's own are
    apart in single and double precision, and the last one."""
    trial = Trial(folder, name)
    single, double = trial.train(), Trial(folder, name, torch.float64).train()
    ours = max(abs(loss - single[step]) for step, loss in trial.history)
    own = max(abs(a - b) for a, b in zip(single, double))
    return ours / single[0], own / single[0], single[-1] / single[0]


def named(value):
    """A name and numbers, of which there may be none."""
    if isinstance(value, str):
        return value, {}
    numbers = dict(value)
    return numbers.pop("name"), numbers


def in_torch(numbers):
    """Our words are PyTorch's, but for those that it shortens."""
    numbers = dict(numbers)
    if "epsilon" in numbers:
        numbers["eps"] = numbers.pop("epsilon")
    if "beta1" in numbers or "beta2" in numbers:
        numbers["betas"] = (numbers.pop("beta1", 0.9), numbers.pop("beta2", 0.999))
    return numbers


def scheduled_by(optimizer, schedule, rate):
    name, numbers = named(schedule)
    warmup = numbers.pop("warmup", 0)
    if warmup == 0:
        return SCHEDULES[name](optimizer, STEPS, rate, **numbers)
    rising = of.LinearLR(optimizer, 1 / warmup, total_iters=warmup)
    then = SCHEDULES[name](optimizer, STEPS - warmup, rate, **numbers)
    return of.SequentialLR(optimizer, [rising, then], [warmup])


def safetensors(path, precision):
    """The tensors of a file, and what actlab says of them: a header in JSON, and numbers."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    about = json.loads(header.pop("__metadata__")["actlab"])
    values = content[8 + length :]
    tensors = {}
    for name, tensor in header.items():
        begin, end = tensor["data_offsets"]
        numbers = torch.frombuffer(bytearray(values[begin:end]), dtype=torch.float32)
        tensors[name] = numbers.reshape(tensor["shape"]).to(precision)
    return tensors, about


def known(actlab):
    """The names of each kind, by the program's own schema."""
    schema = json.loads(run(actlab, "init", "--schema"))["properties"]

    def names(schema):
        if isinstance(schema, list):
            return [name for item in schema for name in names(item)]
        return schema.get("enum", []) + names(schema.get("anyOf", [])) if isinstance(schema, dict) else []

    rows = {
        "activation": ("network", "activation", ACTIVATIONS),
        "optimizer": ("training", "optimizer", OPTIMIZERS),
        "schedule": ("training", "schedule", SCHEDULES),
        "loss": ("training", "loss", LOSSES),
    }
    found = {"missing": []}
    for kind, (section, key, table) in rows.items():
        of_kind = list(dict.fromkeys(names(schema[section]["properties"][key])))
        found[kind] = [name for name in of_kind if name in table]
        found["missing"] += [f"{kind} {name}" for name in of_kind if name not in table]
    regularisers = schema["regularization"]["properties"]
    found["missing"] += [f"regularization.{name}" for name in regularisers if name not in [*PENALTIES, *APPLIED, *DRAWN]]
    return found


def run(actlab, *arguments):
    done = subprocess.run([actlab, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"actlab {' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout


def text(value):
    name, numbers = named(value) if isinstance(value, (str, dict)) else (f"{value:g}", {})
    show = lambda number: f"{number:g}" if isinstance(number, float) else json.dumps(number)
    return name + "".join(f", {key} {show(number)}" for key, number in numbers.items())


def main():
    torch.set_num_threads(1)
    actlab = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "target/release/actlab").resolve()
    names = known(actlab)
    worst = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for kind, experiment in experiments(names):
            (folder / "check.toml").write_text(experiment)
            out = folder / kind
            run(actlab, "sweep", folder / "check.toml", "--backend", "ndarray", "--out", out)
            run(actlab, "export", out, "--format", "safetensors", "--initial", "--samples", "--to", folder / "files")
            for file in sorted((folder / "files").glob("*.initial.safetensors")):
                name = file.name.split(".")[0]
                _, about = safetensors(file, torch.float32)
                defaults = {"schedule": "constant", "loss": "mse", "initialization": "pytorch"}
                value = text(about["settings"].get(kind, defaults.get(kind, 0.0)))
                worst[kind, value] = max(worst.get((kind, value), (0.0, 0.0, 0.0)), compared(folder / "files", name))
            for file in (folder / "files").iterdir():
                file.unlink()
    print(HEADER)
    print("| setting | value | apart | PyTorch's own | left |\n|---|---|---|---|---|")
    for (kind, value), (drift, own, left) in sorted(worst.items()):
        print(f"| {kind} | {value} | {drift:.1e} | {own:.1e} | {left:.2g} |")
    for name in names["missing"]:
        print(f"{name} is not in the tables of {sys.argv[0]}", file=sys.stderr)
    apart = [name for name, (drift, own, _) in worst.items() if not drift <= max(TOLERANCE, 3 * own)]
    for kind, value in apart:
        print(f"{kind} {value} is further apart than {TOLERANCE}", file=sys.stderr)
    sys.exit(1 if apart or names["missing"] else 0)


main()
