"""How fast is `ae_lib.RBM`? One epoch of CD-1 on the digits, beside other programs.

    python benchmarks/rbm.py [--repeats N] [--other-python PATH]

Every program runs in a process of its own, and only one works at a time, on all cores. Each round
runs every program once, in a new order; a first round, in which programs get warm, does not count.
An epoch goes from data in memory to a trained machine: checks, first weights and shuffling are
included. The result is `benchmarks/results/rbm.json`.

Two programs need packages that the course does not: `pip install torch learnergy`. Where another
environment has them, `--other-python` is its Python. Without them the result says that they are
absent.

Let nothing else run on the machine meanwhile.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "rbm.json"
BATCH, RATE, MOMENTUM, DECAY = 100, 0.1, 0.5, 0.0002


# --- The programs: each takes data and the number of hidden units, and returns a function that
# --- runs one epoch. That returns the squared error per row, if the program knows it, and arrays
# --- in which to look for denormal numbers.


def ours(x, n_hidden):
    """`ae_lib.RBM` as it is used."""
    from ae_lib import RBM

    def epoch():
        model = RBM(n_hidden, learning_rate=RATE, momentum=MOMENTUM, weight_decay=DECAY,
                    batch_size=BATCH, n_iter=1, random_state=0).fit(x)  # fmt: skip
        velocity = model.get_state()["velocity_of_weights"]
        return model.reconstruction_error_[0], [model.components_, velocity]

    return epoch


def products(x, n_hidden):
    """The five matrix products of each mini-batch, in one TensorFlow graph, and nothing else."""
    from ae_lib._keras import tf

    rng = np.random.default_rng(0)
    n_visible = x.shape[1]
    weights = tf.constant(rng.normal(0, 0.1, (n_visible, n_hidden)), tf.float32)
    h, h_model = (tf.constant(rng.random((BATCH, n_hidden)), tf.float32) for _ in range(2))
    v_model = tf.constant(rng.random((BATCH, n_visible)), tf.float32)
    data = tf.constant(x)

    @tf.function
    def run():
        # One number of each product is kept, so that none is optimised away.
        kept = tf.zeros(5)
        for start in tf.range(0, len(x) - BATCH + 1, BATCH):
            v = data[start : start + BATCH]
            results = [
                tf.matmul(v, weights),
                tf.matmul(h, weights, transpose_b=True),
                tf.matmul(v_model, weights),
                tf.matmul(v, h, transpose_a=True),
                tf.matmul(v_model, h_model, transpose_a=True),
            ]
            kept += tf.stack([result[0, 0] for result in results])
        return kept

    def epoch():
        return None, [run().numpy(), weights.numpy()]

    return epoch


def by_sklearn(x, n_hidden):
    """scikit-learn's `BernoulliRBM`: persistent chains, no momentum, no decay."""
    from sklearn.neural_network import BernoulliRBM

    def epoch():
        model = BernoulliRBM(n_hidden, learning_rate=RATE, batch_size=BATCH, n_iter=1,
                             random_state=0).fit(x)  # fmt: skip
        return None, [model.components_]

    return epoch


def by_numpy(x, n_hidden):
    """The same as ours in plain NumPy, with as few new arrays as possible."""
    from scipy.special import expit

    rng = np.random.default_rng(0)

    def epoch():
        w = rng.normal(0, 0.1, (x.shape[1], n_hidden)).astype(np.float32)
        a, b = np.zeros(x.shape[1], np.float32), np.zeros(n_hidden, np.float32)
        w_step, a_step, b_step = np.zeros_like(w), np.zeros_like(a), np.zeros_like(b)
        gradient, rate, error = np.empty_like(w), np.float32(RATE / BATCH), 0.0
        order = rng.permutation(len(x))
        for start in range(0, len(x), BATCH):
            v = x[order[start : start + BATCH]]
            h = expit(v @ w + b)
            states = (rng.random(h.shape, dtype=np.float32) < h).astype(np.float32)
            v_model = expit(states @ w.T + a)
            h_model = expit(v_model @ w + b)
            difference = v - v_model
            both = np.concatenate([h, h_model]) * rate
            np.matmul(np.concatenate([v, -v_model]).T, both, out=gradient)
            w_step *= np.float32(MOMENTUM)
            w_step += gradient
            np.multiply(w, np.float32(RATE * DECAY), out=gradient)
            w_step -= gradient
            w += w_step
            a_step = np.float32(MOMENTUM) * a_step + rate * difference.sum(axis=0)
            b_step = np.float32(MOMENTUM) * b_step + rate * (h - h_model).sum(axis=0)
            a, b = a + a_step, b + b_step
            error += float(np.vdot(difference, difference))
        return error / len(x), [w, w_step]

    return epoch


def by_torch(x, n_hidden):
    """The same as ours in PyTorch; its products add to the old step as they go."""
    import torch

    data = torch.tensor(x)

    def epoch():
        w = torch.randn(x.shape[1], n_hidden) * 0.1
        a, b = torch.zeros(x.shape[1]), torch.zeros(n_hidden)
        w_step, a_step, b_step = map(torch.zeros_like, (w, a, b))
        rate, error = RATE / BATCH, torch.zeros(())
        for rows in torch.randperm(len(x)).split(BATCH):
            v = data[rows]
            h = torch.addmm(b, v, w).sigmoid_()
            states = (torch.rand(h.shape) < h).float()
            v_model = torch.addmm(a, states, w.T).sigmoid_()
            h_model = torch.addmm(b, v_model, w).sigmoid_()
            difference = v - v_model
            w_step.addmm_(v.T, h, beta=MOMENTUM, alpha=rate)
            w_step.addmm_(v_model.T, h_model, alpha=-rate)
            w_step.add_(w, alpha=-RATE * DECAY)
            w.add_(w_step)
            a.add_(a_step.mul_(MOMENTUM).add_(difference.sum(0), alpha=rate))
            b.add_(b_step.mul_(MOMENTUM).add_((h - h_model).sum(0), alpha=rate))
            error += difference.square_().sum()
        return float(error) / len(x), [w.numpy(), w_step.numpy()]

    return torch.inference_mode()(epoch)


def by_learnergy(x, n_hidden):
    """The package learnergy from PyPI, as its examples use it."""
    import torch
    from learnergy.models.bernoulli import RBM

    data = torch.utils.data.TensorDataset(torch.tensor(x), torch.zeros(len(x)))

    def epoch():
        model = RBM(x.shape[1], n_hidden, steps=1, learning_rate=RATE, momentum=MOMENTUM,
                    decay=DECAY)  # fmt: skip
        model.fit(data, batch_size=BATCH, epochs=1)
        return None, [model.W.detach().numpy()]

    return epoch


PROGRAMS = {
    "ours": ours,
    "products": products,
    "sklearn": by_sklearn,
    "numpy": by_numpy,
    "torch": by_torch,
    "learnergy": by_learnergy,
}
# These may be absent from this environment, and present in that of --other-python.
OPTIONAL = ("torch", "learnergy")
PACKAGES = ["tensorflow", "numpy", "scipy", "scikit-learn", "torch", "learnergy"]


# --- A worker runs one program whenever it reads a line, and writes lines of JSON.


def work(name, n_rows, n_hidden):
    """Be the process of one program."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the packages print does not mix with the answers
    try:
        sys.path.insert(0, str(ROOT))
        from ae_lib import load_mnist

        epoch = PROGRAMS[name](load_mnist().x_train[:n_rows], n_hidden)
        epoch()
    except ImportError as error:
        if name not in OPTIONAL:
            raise
        print(json.dumps({"absent": str(error)}), file=answers, flush=True)
        return
    print(json.dumps({"versions": loaded_versions()}), file=answers, flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        error, arrays = epoch()
        seconds = time.perf_counter() - start
        answer = {"seconds": seconds, "error": error, "denormals": denormals(arrays)}
        print(json.dumps(answer), file=answers, flush=True)


def loaded_versions():
    """Return the versions of the packages that this process has loaded."""
    loaded = {"scikit-learn": "sklearn"}
    return {
        name: importlib.metadata.version(name)
        for name in PACKAGES
        if loaded.get(name, name) in sys.modules
    }


def denormals(arrays):
    """Return how many numbers are so small that processors take their time over them."""
    tiny = np.finfo(np.float32).tiny
    return int(sum(((array != 0) & (np.abs(array) < tiny)).sum() for array in arrays))


class Worker:
    """The process of one program, seen from outside."""

    def __init__(self, name, python, n_rows, n_hidden, folder):
        self.name = name
        self.log = Path(folder) / f"{name}.log"
        size = ["--rows", str(n_rows), "--hidden", str(n_hidden)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [python, str(Path(__file__).resolve()), "--worker", name, *size],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder,
                env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "AE_PROGRESS": "0"},
            )  # fmt: skip

    def run(self):
        """Let the program run once, and return its answer."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.read()

    def read(self):
        """Return the next line that the program writes."""
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} stopped:\n{self.log.read_text()[-2000:]}")
        return json.loads(line)

    def close(self):
        """Let the process end."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def measure(names, repeats, n_rows, n_hidden, other_python):
    """Run every program once a round; return all answers, who is absent and why, and versions."""
    answers, absent, versions, workers = {}, {}, {}, []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for name in names:
                python = other_python if name in OPTIONAL else sys.executable
                workers.append(Worker(name, python, n_rows, n_hidden, folder))
                ready = workers[-1].read()
                if "absent" in ready:
                    absent[name] = ready["absent"]
                    workers.pop().close()
                    print(f"{name} is absent: {absent[name]}")
                else:
                    versions[name] = ready["versions"]
            for repeat in range(repeats):
                for worker in random.Random(repeat).sample(workers, len(workers)):
                    answers.setdefault(worker.name, []).append(worker.run())
                seconds = {name: f"{found[-1]['seconds']:.2f}" for name, found in answers.items()}
                print(f"round {repeat + 1} of {repeats}, seconds:", seconds, flush=True)
        finally:
            for worker in workers:
                worker.close()
    return answers, absent, versions


def ratios(seconds):
    """Return medians as ratios: ours over the products, and every other program over ours."""
    median = {name: statistics.median(values) for name, values in seconds.items()}
    if "ours" not in median:
        return {}
    result = {"over_products": median["ours"] / median["products"]} if "products" in median else {}
    others = [name for name in median if name not in ("ours", "products")]
    return result | {f"{name}_over_ours": median[name] / median["ours"] for name in others}


def processor():
    """Return the processor's name."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def main(arguments=None):
    """Measure and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=7, help="rounds that count (default: 7)")
    parser.add_argument(
        "--other-python", default=sys.executable, help="Python with torch, learnergy"
    )
    parser.add_argument("--programs", nargs="+", choices=PROGRAMS, default=list(PROGRAMS))
    parser.add_argument("--rows", type=int, default=60_000, help="digits (default: all)")
    parser.add_argument("--hidden", type=int, default=1000, help="hidden units (default: 1000)")
    parser.add_argument("--output", type=Path, default=RESULT)
    parser.add_argument("--worker", choices=PROGRAMS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        return work(options.worker, options.rows, options.hidden)

    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"Other programs run on this machine (load {load:.1f}): do not trust the numbers")
    answers, absent, versions = measure(
        options.programs, options.repeats, options.rows, options.hidden, options.other_python
    )
    seconds = {name: [answer["seconds"] for answer in found] for name, found in answers.items()}
    result = {
        "environment": {
            "processor": processor(),
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "load_before": round(load, 2),
            "versions": versions,
        },
        "task": {"rows": options.rows, "visible": 784, "hidden": options.hidden, "batch": BATCH},
        "seconds": seconds,
        "ratio": ratios(seconds),
        "error": {
            name: found[-1]["error"] for name, found in answers.items() if found[-1]["error"]
        },
        "denormals": {name: found[-1]["denormals"] for name, found in answers.items()},
        "absent": absent,
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    temporary = options.output.with_suffix(".tmp")
    temporary.write_text(json.dumps(result, indent=1) + "\n")
    temporary.replace(options.output)
    print(json.dumps(result["ratio"], indent=1))


if __name__ == "__main__":
    main()
