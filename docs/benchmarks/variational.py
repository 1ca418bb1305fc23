#!/usr/bin/env python3
"""The variational autoencoder of Strata and the same one in PyTorch: −ELBO of the test digits, several seeds each.

usage: variational.py [build/strata] [--seeds 8] [--layers 64-100-2] [--epochs 100] [--rate 0.01]

Needs python3-torch and python3-sklearn (the digits). Both sides: tanh hidden units, Bernoulli decoder, Xavier's uniform start,
zero biases but for the output's, which begin at the logit of the pixels' means, Adam, the one-cycle rate, shuffled batches of 32 with the short last one, one ε an example, float64. Nothing is
shared but the data. Seeds mean different draws on the two sides, so means over seeds are compared, beside their deviations.

Both models are judged by the same lines below: Strata's comes from the model file that it saves. −ELBO = reconstruction + KL of
the test rows (index % 5 == 4), a mean over `--draws` draws of ε an example; log p(x) by importance sampling with as many.
"""
import argparse, json, math, os, statistics, struct, subprocess, tempfile
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


class Variational(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        pairs = list(zip(sizes[:-1], sizes[1:]))
        self.encoder = nn.ModuleList(nn.Linear(a, b) for a, b in pairs[:-1])
        self.mean, self.log_variance = nn.Linear(*pairs[-1]), nn.Linear(*pairs[-1])
        self.decoder = nn.ModuleList(nn.Linear(b, a) for a, b in reversed(pairs))
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def posterior(self, x):
        for layer in self.encoder:
            x = torch.tanh(layer(x))
        return self.mean(x), self.log_variance(x)

    def logits(self, z):
        for layer in self.decoder[:-1]:
            z = torch.tanh(layer(z))
        return self.decoder[-1](z)

    def terms(self, x, epsilon):
        """Reconstruction and KL of each example."""
        mu, log_variance = self.posterior(x)
        a = self.logits(mu + torch.exp(log_variance / 2) * epsilon)
        reconstruction = F.binary_cross_entropy_with_logits(a, x, reduction="none").sum(1)
        kl = -0.5 * (1 + log_variance - mu**2 - log_variance.exp()).sum(1)
        return reconstruction, kl


def trained_by_pytorch(sizes, X, seed, epochs, rate, batch=32):
    torch.manual_seed(seed)
    model = Variational(sizes)
    model.decoder[-1].bias.data = torch.logit((len(X) * X.mean(0) + 1) / (len(X) + 2))
    adam = torch.optim.Adam(model.parameters(), lr=rate)
    steps = epochs * math.ceil(len(X) / batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(adam, rate, total_steps=steps, cycle_momentum=False)
    for _ in range(epochs):
        for rows in torch.randperm(len(X)).split(batch):
            x = X[rows]
            reconstruction, kl = model.terms(x, torch.randn(len(x), sizes[-1]))
            loss = (reconstruction + kl).mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
            schedule.step()
    return model


def trained_by_strata(program, sizes, seed, epochs, rate):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "train", "variational", "--quiet", "--layers", "-".join(map(str, sizes)), "--epochs", str(epochs),
                        "--rate", str(rate), "--seed", str(seed), "-o", folder], check=True, stdout=subprocess.DEVNULL)
        raw = open(os.path.join(folder, "model.safetensors"), "rb").read()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])

    def tensor(name):
        begin, end = header[name]["data_offsets"]
        dtype = {"F64": "<f8", "F32": "<f4"}[header[name]["dtype"]]
        numbers = np.frombuffer(raw[8 + length + begin : 8 + length + end], dtype)
        return torch.tensor(numbers.reshape(header[name]["shape"]), dtype=torch.float64)

    model = Variational(sizes)
    layers = {f"encoder.{k}": layer for k, layer in enumerate(model.encoder)}
    layers |= {"encoder.mean": model.mean, "encoder.log_variance": model.log_variance}
    layers |= {f"decoder.{k}": layer for k, layer in enumerate(model.decoder)}
    for name, layer in layers.items():
        layer.weight.data, layer.bias.data = tensor(name + ".W").T, tensor(name + ".b")
    return model


@torch.no_grad()
def judged(model, X, draws):
    torch.manual_seed(0)
    mu, log_variance = model.posterior(X)
    reconstruction = kl = 0
    log_weights = []
    for _ in range(draws):
        epsilon = torch.randn(mu.shape)
        r, kl = model.terms(X, epsilon)
        reconstruction += r.mean().item() / draws
        z = mu + torch.exp(log_variance / 2) * epsilon
        log_weights.append(-r + 0.5 * (epsilon**2 - z**2 + log_variance).sum(1))
    likelihood = torch.logsumexp(torch.stack(log_weights), 0) - math.log(draws)
    return reconstruction + kl.mean().item(), reconstruction, kl.mean().item(), likelihood.mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", nargs="?", default="build/strata")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--layers", default="64-100-2")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--draws", type=int, default=200)
    a = parser.parse_args()
    sizes = [int(width) for width in a.layers.split("-")]
    X = torch.tensor(load_digits().data / 16)
    is_test = torch.arange(len(X)) % 5 == 4
    train, test = X[~is_test], X[is_test]
    print(f"{a.layers}, {a.epochs} epochs, rate {a.rate:g}; {len(test)} test rows, {a.draws} draws each")
    print(f"{'':10}{'seed':>5}{'-ELBO':>9}{'reconstruction':>16}{'KL':>8}{'log p(x)':>10}")
    means = []
    for name, train_one in [("Strata", lambda s: trained_by_strata(a.program, sizes, s, a.epochs, a.rate)),
                            ("PyTorch", lambda s: trained_by_pytorch(sizes, train, s, a.epochs, a.rate))]:
        losses = []
        for seed in range(1, a.seeds + 1):
            loss, reconstruction, kl, likelihood = judged(train_one(seed), test, a.draws)
            losses.append(loss)
            print(f"{name:10}{seed:5}{loss:9.3f}{reconstruction:16.3f}{kl:8.3f}{likelihood:10.3f}", flush=True)
        deviation = statistics.stdev(losses) if len(losses) > 1 else 0
        means.append(statistics.mean(losses))
        print(f"{name:10} mean{means[-1]:9.3f}   deviation over seeds {deviation:.3f}")
    print(f"Strata / PyTorch {means[0] / means[1]:.4f}")


if __name__ == "__main__":
    main()
