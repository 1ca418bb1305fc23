#!/usr/bin/env python3
"""The same work in Strata and in PyTorch, pair by pair: matrix products, and training of autoencoders, in float32.

usage: compare_with_pytorch.py [build/float/strata] [--rounds 5] [--only TEXT] [--json FILE]

Needs python3-torch on a fast BLAS (Debian: libopenblas0) and `make REAL=float`. Speeds of a machine that does other things
too mean little by themselves; their ratios can be trusted when both sides were measured within seconds of each other. So for
each row both are measured in turn, several rounds, each round in the reverse order of the one before, and the ratio is the
median of the rounds' ratios: above 1, Strata is faster. With all threads PyTorch is measured in three settings, since its own
threads (OpenMP) and those of OpenBLAS get in each other's way: both, OpenBLAS alone, its own alone; and in training with Adam's
`foreach` on and off. The best of its settings counts.

Both sides of a training: sigmoid units, L = 1/(2m) Σ (r − x)², for sparse ones + β Σ KL(ρ ‖ ρ̂_j) with ρ = 0.1 and β = 3 as
in `strata bench`; Adam; generated examples in [0, 1), in a fresh order each epoch, in whole batches: 10000 in PyTorch, and in
`strata bench --quick` as many as it can train on in 0.05 s, at most 10000.
"""
import argparse, json, math, os, statistics, subprocess, sys, tempfile, time

MATMUL = ["256x256x256", "512x512x512", "1024x1024x1024", "100x1000x784", "100x784x1000", "1000x784x100",
          "128x64x784", "10x25x64", "1000x1000x784"]
TRAIN = ["784-1000-500-250-30 batch 100", "784-1000-500-250-30 batch 1000", "784-196 sparse batch 100",
         "784-64 batch 128", "64-25 sparse batch 10"]
RUN_SECONDS, RUNS = 0.05, 5


# ---- the PyTorch side: a process for each number of threads, which measures what it reads from standard input

def rate(units, work):
    """Units a second of work(times): the median of several runs, after a warm-up that also finds their length."""
    times, seconds = 1, 0
    while seconds < RUN_SECONDS / 4:
        start = time.perf_counter()
        work(times)
        seconds = time.perf_counter() - start
        if seconds < RUN_SECONDS / 4:
            times *= 2
    times = max(1, round(times * RUN_SECONDS / seconds))
    rates = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work(times)
        rates.append(units * times / (time.perf_counter() - start))
    return statistics.median(rates)


def torch_matmul(torch, name):
    m, n, k = map(int, name.split("x"))
    a, b, c = torch.rand(m, k), torch.rand(k, n), torch.empty(m, n)

    def multiply(times):
        for _ in range(times):
            torch.mm(a, b, out=c)

    with torch.inference_mode():
        return rate(2 * m * n * k / 1e9, multiply)


def torch_training(torch, name, foreach):
    network, batch = name.split()[0], int(name.split()[-1])
    widths = [int(width) for width in network.split("-")]

    def stack(widths):
        layers = []
        for inputs, outputs in zip(widths, widths[1:]):
            layers += [torch.nn.Linear(inputs, outputs), torch.nn.Sigmoid()]
        return torch.nn.Sequential(*layers)

    encoder, decoder = stack(widths), stack(widths[::-1])
    adam = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3, foreach=foreach)
    data = torch.rand(10000, widths[0])
    rho, beta = 0.1, 3.0
    epoch_loss = torch.zeros(())
    steps_left, order = 0, None

    def train(steps):
        nonlocal steps_left, order
        for _ in range(steps):
            if steps_left == 0:
                order, steps_left = torch.randperm(len(data)), len(data) // batch
            steps_left -= 1
            x = data.index_select(0, order[steps_left * batch : (steps_left + 1) * batch])
            h = encoder(x)
            loss = torch.nn.functional.mse_loss(decoder(h), x, reduction="sum") * (0.5 / batch)
            if "sparse" in name:
                rho_hat = h.mean(0)
                kl = rho * torch.log(rho / rho_hat) + (1 - rho) * torch.log((1 - rho) / (1 - rho_hat))
                loss = loss + beta * kl.sum()
            adam.zero_grad(set_to_none=True)
            loss.backward()
            adam.step()
            epoch_loss.add_(loss.detach())

    return rate(batch, train)


def serve():
    import torch

    torch.manual_seed(1)
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    for line in sys.stdin:
        name = line.strip()
        if name in MATMUL:
            value = torch_matmul(torch, name)
        else:
            value = max(torch_training(torch, name, foreach) for foreach in (False, True))
        print(value, flush=True)


class Setting:
    """PyTorch with so many threads of its own, and so many in OpenBLAS."""

    def __init__(self, own, openblas):
        environment = dict(os.environ, OMP_NUM_THREADS=str(own), OPENBLAS_NUM_THREADS=str(openblas))
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--serve"], env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def measure(self, name):
        print(name, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("compare_with_pytorch: the PyTorch process ended (is python3-torch installed?)")
        return float(answer)


class PyTorch:
    def __init__(self, threads):
        pairs = {(threads, threads), (1, threads), (threads, 1)}
        self.settings = [Setting(own, openblas) for own, openblas in sorted(pairs)]

    def measure(self, name):
        return max(setting.measure(name) for setting in self.settings)


# ---- our side, and the comparison

def strata(program, group, name, threads):
    """{1: …, threads: …}"""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bench.json")
        subprocess.run([program, "bench", "--quick", "--quiet", "--threads", str(threads), "--group", group,
                        "--only", name, "--json", path], check=True, stdout=subprocess.DEVNULL)
        result = json.load(open(path))
    if result["real"] != "float":
        sys.exit(f"compare_with_pytorch: {program} computes in {result['real']}; build it with make REAL=float")
    return {row["threads"]: row["value"] for row in result["rows"] if row["group"] == group and row["name"] == name}


def compare(program, torches, group, name, torch_name, rounds):
    threads = max(torches)
    ours, theirs = [], []
    for turn in range(rounds):
        sides = [lambda: ours.append(strata(program, group, name, threads)),
                 lambda: theirs.append({t: torch.measure(torch_name) for t, torch in torches.items()})]
        for side in sides if turn % 2 == 0 else sides[::-1]:
            side()
    pairs = list(zip(ours, theirs))
    median_of = lambda side: {t: statistics.median(turn[t] for turn in side) for t in torches}
    return {"group": group, "name": name, "strata": median_of(ours), "pytorch": median_of(theirs),
            "ratio_one_thread": statistics.median(our[1] / their[1] for our, their in pairs),
            "ratio_best": statistics.median(max(our.values()) / max(their.values()) for our, their in pairs)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", nargs="?", default="build/float/strata")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="", help="rows with this in their name")
    parser.add_argument("--json", help="write the results for machines")
    arguments = parser.parse_args()
    torches = {t: PyTorch(t) for t in sorted({1, arguments.threads})}
    work = [("matmul", name, name) for name in MATMUL]
    work += [("train", f"{name} {backprop}", name) for name in TRAIN for backprop in ("tape", "explicit")]

    counts = [f"{t} thr." for t in torches]
    print(f"{'':39}  {'Strata':^{9 * len(counts)}}  {'PyTorch':^{9 * len(counts)}}  {'Strata / PyTorch':>16}")
    print(f"{'':39}  " + "  ".join("".join(f"{c:>9}" for c in counts) for _ in range(2)) + f"  {'1 thr.':>7} {'best':>8}")
    rows = []
    for group, name, torch_name in work:
        if arguments.only not in name:
            continue
        if not rows or rows[-1]["group"] != group:
            print({"matmul": "matrix products M×N×K, GFLOP/s", "train": "training, examples/s"}[group])
        row = compare(arguments.program, torches, group, name, torch_name, arguments.rounds)
        rows.append(row)
        speeds = "  ".join("".join(f"{row[side][t]:>9.4g}" if row[side][t] < 1000 else f"{row[side][t]:>9.0f}"
                                   for t in torches) for side in ("strata", "pytorch"))
        print(f"{name:39}  {speeds}  {row['ratio_one_thread']:>7.2f} {row['ratio_best']:>8.2f}", flush=True)

    means = {}
    for group in ("matmul", "train"):
        for ratio in ("ratio_one_thread", "ratio_best"):
            logarithms = [math.log(row[ratio]) for row in rows if row["group"] == group]
            if logarithms:
                means[f"{group}_{ratio}"] = math.exp(statistics.mean(logarithms))
                print(f"geometric mean, {group}, {ratio.replace('_', ' ')}: {means[f'{group}_{ratio}']:.3f}")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"rounds": arguments.rounds, "geometric_means": means, "rows": rows}, file, indent=2)


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["--serve"] else main()
