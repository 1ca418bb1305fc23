#!/usr/bin/env python3
"""Holds `strata gradients` against PyTorch: the same objective, the same parameters, float64.

Needs python3-torch and python3-numpy; shares no code with Strata. The safetensors reader below is written from the
format's description. usage: gradients_with_pytorch.py build/strata
"""
import json, os, struct, subprocess, sys, tempfile
import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
strata = os.path.abspath(sys.argv[1])


def read_safetensors(path):
    raw = open(path, "rb").read()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype = {"F64": "<f8", "F32": "<f4"}[entry["dtype"]]
        tensors[name] = np.frombuffer(raw[8 + length + begin : 8 + length + end], dtype).reshape(entry["shape"])
    return tensors, metadata


ACTIVATIONS = {"linear": lambda z: z, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu,
               "leaky_relu": lambda z: F.leaky_relu(z, 0.01), "elu": F.elu, "softplus": F.softplus}


def objective(parameters, s, X):
    """The terms, from the formulas of docs/guide/notation.md and the settings in the model file."""
    m, depth = len(X), len(s["encoder_activations"])
    a = X
    for k, f in enumerate(s["encoder_activations"]):
        a = ACTIVATIONS[f](a @ parameters[f"encoder.{k}.W"] + parameters[f"encoder.{k}.b"])
    if s["keep_largest"]:
        kept = torch.zeros_like(a).scatter_(1, a.topk(s["keep_largest"], 1).indices, 1.0)
        a = a * kept
    h = a
    for k, f in enumerate(s["decoder_activations"]):
        W = parameters[f"encoder.{depth - 1 - k}.W"].T if s["tied"] else parameters[f"decoder.{k}.W"]
        z = a @ W + parameters[f"decoder.{k}.b"]
        a = ACTIVATIONS[f](z)
    if s["loss"] == "bce":
        terms = {"reconstruction": F.binary_cross_entropy_with_logits(z, X, reduction="sum") / m}
    else:
        terms = {"reconstruction": ((a - X) ** 2).sum() / (2 * m)}
    if s["beta"]:
        rho, rho_hat = s["rho"], h.mean(0)
        if s["encoder_activations"][-1] == "tanh":
            rho_hat = (rho_hat + 1) / 2
        kl = rho * torch.log(rho / rho_hat) + (1 - rho) * torch.log((1 - rho) / (1 - rho_hat))
        terms["sparsity"] = s["beta"] * kl.sum()
    if s["l1"]:
        terms["l1"] = s["l1"] * h.abs().sum() / m
    if s["decay"]:
        terms["weight_decay"] = s["decay"] / 2 * sum((p ** 2).sum() for n, p in parameters.items() if n.endswith(".W"))
    return terms


CASES = ["sparse --hidden 25 --rho 0.05 --beta 3 --decay 0.001", "sparse --code tanh --output linear --beta 0.5",
         "sparse --code relu --l1 0.1", "sparse --code relu --keep 7", "sparse --tied", "multilayer --decay 0.0001",
         "multilayer --tied --loss half_mse", "linear", "undercomplete --loss bce", "overcomplete",
         "multilayer --hidden-activation elu --code softplus", "multilayer --hidden-activation leaky_relu"]
failed = 0
with tempfile.TemporaryDirectory() as folder:
    model, gradients, result = (os.path.join(folder, n) for n in ("m.safetensors", "g.safetensors", "g.json"))
    run = lambda words: subprocess.run([strata] + words, check=True, stdout=subprocess.DEVNULL)
    run(["encode", "--help"])
    for case in CASES:
        run(["train", *case.split(), "--rows", "0:200", "--epochs", "3", "--save", model, "--quiet"])
        tensors, metadata = read_safetensors(model)
        settings = json.loads(metadata["strata"])
        parameters = {n: torch.tensor(t, dtype=torch.float64, requires_grad=True) for n, t in tensors.items()}
        from sklearn.datasets import load_digits
        X = torch.tensor(load_digits().data[17:49] / 16.0)
        for backprop in ("explicit", "tape"):
            run(["gradients", model, "--rows", "17:49", "--save", gradients, "--json", result, "--backprop", backprop])
            ours, _ = read_safetensors(gradients)
            terms = objective(parameters, settings, X)
            theirs = torch.autograd.grad(sum(terms.values()), list(parameters.values()))
            tolerance = 1e-9 if next(iter(ours.values())).dtype == np.float64 else 1e-3
            worst = 0.0
            for (name, _), g in zip(parameters.items(), theirs):
                g = g.numpy()
                worst = max(worst, np.abs(ours[name] - g).max() / max(np.abs(g).max(), 1e-300))
            reported = json.load(open(result))["terms"]
            for name, value in terms.items():
                worst = max(worst, abs(reported[name] - value.item()) / max(abs(value.item()), 1e-300))
            same_names = set(ours) == set(parameters) and set(reported) == set(terms)
            ok = worst < tolerance and same_names
            failed += not ok
            print(f"{'ok  ' if ok else 'FAIL'} {case:55s} {backprop:9s} largest relative difference {worst:.1e}")
sys.exit(failed > 0)
