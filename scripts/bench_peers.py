"""Network-steps per second of actlab, JAX's vmap, stacked PyTorch and PyTorch one by one, on the same work.

The work: networks 1-H-H-1 learn y = x^2 from 256 points, full batch or (--batch) shuffled batches, Adam with PyTorch's defaults, with or without the
spectral penalty lambda/2 sigma^2 of every layer (one power iteration a step), in float32, on all cores.

Batches are shuffled anew each epoch, for every network on its own. JAX, if it is there, takes part in full batches alone.

All take turns, round after round, so that whatever else the machine does falls on everyone; the fastest round counts.
"""

import argparse
import json
import math
import subprocess
import time

import numpy as np
import torch

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    jax = None

POINTS = 256
RATE = 1e-3
LAMBDA = 1e-3
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def points():
    x = (2 * np.arange(POINTS, dtype=np.float32) + 1) / POINTS - 1
    return x[:, None], (x * x)[:, None]


def initial(hidden, networks, seed=0):
    """Weights and biases of each layer, [networks, inputs, outputs] and [networks, outputs]."""
    random = np.random.default_rng(seed)
    sizes = [1, hidden, hidden, 1]
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        bound = 1 / math.sqrt(inputs)
        draw = lambda *shape: random.uniform(-bound, bound, shape).astype(np.float32)
        layers.append((draw(networks, inputs, outputs), draw(networks, outputs)))
    return layers


def rate(run, networks, seconds):
    """Network-steps per second of run(steps), which is warm after its first call of each number of steps."""
    steps = 8
    while True:
        run(steps)
        started = time.perf_counter()
        run(steps)
        elapsed = time.perf_counter() - started
        if elapsed >= seconds:
            return lambda: timed(run, steps, networks)
        steps = max(2 * steps, int(steps * 1.2 * seconds / max(elapsed, 1e-9)))


def timed(run, steps, networks):
    started = time.perf_counter()
    run(steps)
    return networks * steps / (time.perf_counter() - started)


def jax_vmap(hidden, activation, spectral, networks, _):
    """jit of a scan over steps of a vmap over networks: the best that JAX's own advice gives."""
    g = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sinu": jnp.sin}[activation]
    x, y = map(jnp.asarray, points())

    def loss(parameters, rights):
        a = x
        for index, (weight, bias) in enumerate(parameters):
            a = a @ weight + bias
            if index + 1 < len(parameters):
                a = g(a)
        total = jnp.mean((a - y) ** 2)
        after = []
        for (weight, _), right in zip(parameters, rights):
            if spectral:
                fixed = jax.lax.stop_gradient(weight)
                left = fixed @ right
                left = left / jnp.linalg.norm(left)
                right = fixed.T @ left
                right = right / jnp.linalg.norm(right)
                total = total + LAMBDA / 2 * (left @ weight @ right) ** 2
            after.append(right)
        return total, after

    def step(state, t):
        parameters, first, second, rights = state
        gradient, rights = jax.grad(loss, has_aux=True)(parameters, rights)
        first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
        second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
        c1, c2 = 1 / (1 - BETA1**t), 1 / (1 - BETA2**t)
        update = lambda p, m, v: p - RATE * (m * c1) / (jnp.sqrt(v * c2) + EPSILON)
        return (jax.tree.map(update, parameters, first, second), first, second, rights)

    batched = jax.vmap(step, in_axes=(0, None))

    @jax.jit
    def train(state, ts):
        return jax.lax.scan(lambda state, t: (batched(state, t), None), state, ts)[0]

    parameters = [(jnp.asarray(w), jnp.asarray(b)) for w, b in initial(hidden, networks)]
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    random = np.random.default_rng(1)
    rights = [jnp.asarray(random.normal(size=(networks, w.shape[2])).astype(np.float32)) for w, _ in parameters]
    state = (parameters, zeros, zeros, rights)
    return lambda steps: jax.block_until_ready(train(state, jnp.arange(1, steps + 1, dtype=jnp.float32)))


def torch_activation(activation):
    return {"relu": torch.relu, "tanh": torch.tanh, "sinu": torch.sin}[activation]


def torch_penalty(weight, right):
    """lambda/2 sigma^2 of a stack of weights, and the vectors for the next step."""
    with torch.no_grad():
        left = torch.nn.functional.normalize(weight @ right, dim=-2)
        right = torch.nn.functional.normalize(weight.mT @ left, dim=-2)
    return LAMBDA / 2 * ((left.mT @ weight @ right) ** 2).sum(), right


def rows_of_steps(networks, batch):
    """For each step the rows that each network takes, [networks, batch]: a permutation each epoch, cut into batches."""
    while True:
        order = torch.rand(networks, POINTS).argsort(dim=1)
        yield from order.split(batch, dim=1)


def torch_stacked(hidden, activation, spectral, networks, batch):
    """All networks in one batch of matrices, with Adam's fused step."""
    g = torch_activation(activation)
    x, y = (torch.from_numpy(p).expand(networks, POINTS, 1).contiguous() for p in points())
    layers = [(torch.from_numpy(w).requires_grad_(), torch.from_numpy(b)[:, None, :].contiguous().requires_grad_()) for w, b in initial(hidden, networks)]
    rights = [torch.randn(networks, w.shape[2], 1) for w, _ in layers]
    optimizer = torch.optim.Adam([p for layer in layers for p in layer], lr=RATE, fused=True)

    steps_rows = rows_of_steps(networks, batch)

    def run(steps):
        for _ in range(steps):
            a, target = x, y
            if batch < POINTS:
                rows = next(steps_rows)[:, :, None]
                a, target = x.gather(1, rows), y.gather(1, rows)
            for index, (weight, bias) in enumerate(layers):
                a = torch.baddbmm(bias, a, weight)
                if index + 1 < len(layers):
                    a = g(a)
            loss = ((a - target) ** 2).sum() / target.shape[1]
            if spectral:
                for index, (weight, _) in enumerate(layers):
                    penalty, rights[index] = torch_penalty(weight, rights[index])
                    loss = loss + penalty
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return run


def torch_one(hidden, activation, spectral, _, batch):
    """What most people write: an nn.Module, a loop, one network after the other."""
    g = torch_activation(activation)

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = torch.nn.ModuleList(
                torch.nn.Linear(inputs, outputs) for inputs, outputs in [(1, hidden), (hidden, hidden), (hidden, 1)]
            )

        def forward(self, a):
            for layer in self.layers[:-1]:
                a = g(layer(a))
            return self.layers[-1](a)

    x, y = map(torch.from_numpy, points())
    network = Network()
    rights = [torch.randn(layer.weight.shape[1], 1) for layer in network.layers]
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)

    steps_rows = rows_of_steps(1, batch)

    def run(steps):
        for _ in range(steps):
            a, target = x, y
            if batch < POINTS:
                rows = next(steps_rows)[0]
                a, target = x[rows], y[rows]
            loss = torch.nn.functional.mse_loss(network(a), target)
            if spectral:
                for index, layer in enumerate(network.layers):
                    penalty, rights[index] = torch_penalty(layer.weight, rights[index])
                    loss = loss + penalty
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return run


def actlab(program, hidden, activation, spectral, networks, batch):
    """A row of `actlab bench`."""
    command = [program, "bench", "--backend", "ndarray", "--json", "--hidden", str(hidden), "--activation", activation]
    command += ["--spectral", "on" if spectral else "off", "--networks", str(networks), "--batch", str(batch)]
    row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return row["network_steps_per_second"], row["fraction_of_peak"]


def peers_of(batch):
    peers = {"JAX vmap": jax_vmap, "PyTorch stacked": torch_stacked, "PyTorch one by one": torch_one}
    if jax is None or batch < POINTS:
        del peers["JAX vmap"]
    return peers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--actlab", default="target/release/actlab", help="the program")
    parser.add_argument("--hidden", type=int, nargs="+", default=[16, 64, 256])
    parser.add_argument("--activation", nargs="+", default=["relu", "tanh", "sinu"])
    parser.add_argument("--spectral", nargs="+", choices=["off", "on"], default=["off", "on"])
    parser.add_argument("--networks", type=int, default=64, help="networks of a stack")
    parser.add_argument("--batch", type=int, default=POINTS, help=f"samples of a step [default: all {POINTS}]")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each peer in each round")
    arguments = parser.parse_args()

    makers = peers_of(arguments.batch)
    versions = f"PyTorch {torch.__version__} with {torch.get_num_threads()} threads"
    if "JAX vmap" in makers:
        versions = f"JAX {jax.__version__}, {versions}"
    print(f"{versions}; {arguments.networks} networks, {POINTS} points, {arguments.batch} of them in a step")
    print()
    ratios = " | ".join(f"actlab / {name}" for name in makers)
    print("| hidden | activation | penalty | actlab | of product peak | " + " | ".join(makers) + f" | {ratios} |")
    print("|---|---|---|---:|---:|" + "---:|" * (2 * len(makers)))
    for hidden in arguments.hidden:
        for activation in arguments.activation:
            for spectral in arguments.spectral:
                work = (hidden, activation, spectral == "on", arguments.networks, arguments.batch)
                peers = {
                    name: rate(peer(*work), 1 if peer is torch_one else arguments.networks, arguments.seconds)
                    for name, peer in makers.items()
                }
                best = dict.fromkeys(makers, 0.0)
                ours, product_peak = 0.0, 0.0
                for _ in range(arguments.rounds):
                    speed, fraction = actlab(arguments.actlab, *work)
                    ours, product_peak = max(ours, speed), max(product_peak, speed / fraction)
                    for name, peer in peers.items():
                        best[name] = max(best[name], peer())
                speeds = " | ".join(f"{speed:,.0f}" for speed in best.values())
                ratios = " | ".join(f"{ours / speed:.2f}" for speed in best.values())
                print(f"| {hidden} | {activation} | {spectral} | {ours:,.0f} | {100 * ours / product_peak:.0f} % | {speeds} | {ratios} |", flush=True)


if __name__ == "__main__":
    main()
