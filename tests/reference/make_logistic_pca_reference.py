#!/usr/bin/env python3
"""Writes logistic_pca_reference.json: logistic PCA of the first 200 of the 8×8 digits, k = 2, λ = 0.01, by PyTorch's L-BFGS
on all unknowns at once, in float64, from two random starts; the best of them. An oracle that shares no code with Strata.
    /usr/bin/python3 make_logistic_pca_reference.py
"""
import json
import os

import torch
from sklearn.datasets import load_digits

torch.set_num_threads(1)
torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
rows, unseen, k, ridge = 200, 5, 2, 0.01
data = torch.tensor(load_digits().data / 16)
X, fresh = data[:rows], data[rows:rows + unseen]
ones = X.sum(0)
resting = torch.log((ones + 0.5) / (rows - ones + 0.5))


def cross_entropy(Z, X):
    return (torch.nn.functional.softplus(Z) - X * Z).sum(1)


def objective(U, V, mu):
    return (cross_entropy(U @ V.T + mu, X).mean() + ridge / 2 * (U ** 2).sum() / rows
            + ridge / 2 * ((V ** 2).sum() + ((mu - resting) ** 2).sum()))


def minimise(unknowns, f):
    optimiser = torch.optim.LBFGS(unknowns, max_iter=1500, max_eval=3000, history_size=50, tolerance_grad=1e-9,
                                  tolerance_change=1e-16, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        value = f()
        value.backward()
        return value

    optimiser.step(closure)
    return f().item()


found = []
for start in range(2):
    U, V = torch.randn(rows, k).requires_grad_(), (0.1 * torch.randn(64, k)).requires_grad_()
    mu = resting.clone().requires_grad_()
    found.append((minimise([U, V, mu], lambda: objective(U, V, mu)), U.detach(), V.detach(), mu.detach()))
    print(found[-1][0])
best, U, V, mu = min(found, key=lambda one: one[0])
codes = torch.zeros(unseen, k, requires_grad=True)
of_fresh = minimise([codes], lambda: (cross_entropy(codes @ V.T + mu, fresh) + ridge / 2 * (codes ** 2).sum(1)).sum())

json.dump({"made_with": {"torch": torch.__version__}, "rows": rows, "k": k, "ridge": ridge,
           "objective": best, "objectives_of_starts": [one[0] for one in found],
           # what a change of axes leaves alone: the singular values of U Vᵀ / √m, the offsets, the
           # reconstructions
           "singular_values": torch.linalg.svdvals(U @ V.T / rows ** 0.5)[:k].tolist(),
           "offsets": mu.tolist(),
           "unseen_objective": of_fresh / unseen,
           "unseen_reconstructions": torch.sigmoid(codes.detach() @ V.T + mu).tolist()},
          open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "logistic_pca_reference.json"), "w"))
