#!/usr/bin/env python3
"""Writes operations_reference.json: values and gradients of single operations, by PyTorch in float64.

    python3 make_operations_reference.py [--seed 2] [--out operations_reference.json]

First more of convolution, pooling and normalisation than reference.json has: windows and images that are not square, batches
of 1, strides that leave pixels over, output_padding, training and evaluation. Then the operations that reference.json lacks.
Inputs are named by the letters of the operation's formula, settings as in tests/core/autodiff/examples.cpp. A new operation
goes to the end, so that the random numbers of the others stay the same. Needs Debian's python3-torch.
"""
import argparse, json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=2)
parser.add_argument("--out", default="operations_reference.json")
arguments = parser.parse_args()
torch.manual_seed(arguments.seed)
ops = []


def T(*shape):
    return torch.randn(shape, requires_grad=True)


def op(name, f, inputs, **settings):
    """value = f(inputs); upstream is a random dL/dvalue; gradients are dL/dinput."""
    y = f(*inputs.values())
    upstream = torch.randn_like(y)
    gradients = torch.autograd.grad(y, list(inputs.values()), upstream)
    ops.append({"op": name, "settings": settings, "inputs": {k: v.tolist() for k, v in inputs.items()},
                "value": y.tolist(), "upstream": upstream.tolist(),
                "gradients": {k: v.tolist() for k, v in zip(inputs, gradients)}})


for batch, stride, pad in ((1, 1, 1), (3, 2, 0), (2, 3, 2), (1, 2, 1)):
    op("conv2d", lambda x, w, b: F.conv2d(x, w, b, stride=stride, padding=pad),
       {"X": T(batch, 2, 5, 7), "W": T(3, 2, 2, 4), "b": T(3)}, stride=stride, padding=pad)
for batch, stride, pad, extra in ((1, 2, 1, 1), (3, 2, 0, 0), (2, 3, 1, 2), (1, 1, 1, 0)):
    op("conv2d_transpose",
       lambda x, w, b: F.conv_transpose2d(x, w, b, stride=stride, padding=pad, output_padding=extra),
       {"X": T(batch, 2, 3, 4), "W": T(2, 3, 4, 3), "b": T(3)}, stride=stride, padding=pad, output_padding=extra)
for size, stride in ((2, 2), (3, 2), (2, 3), (3, 1)):
    op("max_pool2d", lambda x: F.max_pool2d(x, size, stride), {"X": T(2, 2, 5, 7)}, size=size, stride=stride)
    op("avg_pool2d", lambda x: F.avg_pool2d(x, size, stride), {"X": T(2, 2, 5, 7)}, size=size, stride=stride)
op("upsample_nearest2d", lambda x: F.interpolate(x, scale_factor=3, mode="nearest"), {"X": T(1, 2, 2, 3)}, factor=3)

for shape in ((5, 3), (3, 2, 4, 5), (1, 2, 3, 3)):  # features, channels, channels of one example
    d = shape[1]
    # two batches, so that the running statistics are a mean of a mean
    statistics = torch.stack([torch.zeros(d), torch.ones(d)])
    first, mean, variance = torch.randn(shape), statistics[0], statistics[1]
    F.batch_norm(first, mean, variance, training=True, momentum=0.1)
    X = T(*shape)
    op("batch_norm", lambda x, g, b: F.batch_norm(x, None, None, g, b, training=True, eps=1e-5),
       {"X": X, "g": T(d), "b": T(d)}, epsilon=1e-5, first=first.tolist())
    F.batch_norm(X.detach(), mean, variance, training=True, momentum=0.1)
    ops[-1]["settings"]["running"] = [mean.tolist(), variance.tolist()]
    op("batch_norm_fixed", lambda x, g, b: F.batch_norm(x, mean, variance, g, b, training=False, eps=1e-5),
       {"X": T(*shape), "g": T(d), "b": T(d)}, epsilon=1e-5, statistics=[mean.tolist(), variance.tolist()])
for shape in ((4, 5), (1, 3)):
    op("layer_norm", lambda x, g, b: F.layer_norm(x, shape[1:], g, b, eps=1e-5),
       {"X": T(*shape), "g": T(shape[1]), "b": T(shape[1])}, epsilon=1e-5)

# ---- every other operation through which a gradient flows
def U(*shape):
    return (0.1 + 0.8 * torch.rand(shape)).requires_grad_()


def kl(h, rho, symmetric):
    rho_hat = (h.mean(0) + 1) / 2 if symmetric else h.mean(0)
    return (rho * torch.log(rho / rho_hat) + (1 - rho) * torch.log((1 - rho) / (1 - rho_hat))).sum()


def largest(h, count):
    return torch.zeros_like(h).scatter(1, h.topk(count, 1).indices, 1.0)


def lstm_step(x, s, wx, wh, b, ended):
    """Gates in the order i, f, g, o; the state of an example that has ended stays."""
    h, c = s.chunk(2, 1)
    i, f, g, o = (x @ wx + h @ wh + b).chunk(4, 1)
    cell = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    mask = torch.tensor([[0.0 if e else 1.0] for e in ended])
    return mask * torch.cat([torch.sigmoid(o) * torch.tanh(cell), cell], 1) + (1 - mask) * s


def contraction(h, w, symmetric):
    slope = 1 - h ** 2 if symmetric else h * (1 - h)
    return sum(((torch.diag(s) @ w.T) ** 2).sum() for s in slope) / len(h)


op("scale", lambda x: -1.7 * x, {"X": T(3, 4)}, factor=-1.7)
op("add_scalar", lambda x: x + 0.3, {"X": T(3, 4)}, constant=0.3)
op("concat_rows", lambda *parts: torch.cat(parts, 0), {"A1": T(3, 4), "A2": T(1, 4), "A3": T(2, 4)})
op("slice_rows", lambda a: a[1:4], {"A": T(5, 3)}, begin=1, end=4)
op("reshape", lambda x: x.reshape(2, 3, 2, 1), {"X": T(3, 4)})
op("concat_cols", lambda *parts: torch.cat(parts, 1), {"A1": T(3, 4), "A2": T(3, 1), "A3": T(3, 2)})
for m in (3, 1):
    op("kl_sparsity", lambda h: kl(h, 0.2, False), {"H": U(m, 4)}, rho=0.2, symmetric=0)
op("kl_sparsity", lambda h: kl(h, 0.2, True), {"H": U(3, 4)}, rho=0.2, symmetric=1)
op("l1_of_code", lambda h: h.abs().sum() / len(h), {"H": T(3, 4)})
op("half_squared_norm", lambda w: 0.5 * (w ** 2).sum(), {"W": T(4, 2)})
op("keep_largest", lambda h: h * largest(h.detach(), 2), {"H": T(3, 4)}, count=2)
for m, ended in ((3, [False, True, False]), (1, [False])):
    op("lstm_cell", lambda *inputs: lstm_step(*inputs, ended),
       {"X": T(m, 4), "S": T(m, 10), "Wx": T(4, 20), "Wh": T(5, 20), "b": T(20)}, M=[[0.0 if e else 1.0] for e in ended])
op("gaussian_kl", lambda a, v: 0.5 * (a ** 2 + v.exp() - 1 - v).sum() / len(a), {"A": T(3, 4), "V": T(3, 4)})
op("repeat_rows", lambda w: w.repeat(3, 1), {"W": T(4, 2)}, count=3)
op("scale_blocks", lambda j, s: j * s.repeat_interleave(4, 0), {"J": T(12, 2), "S": T(3, 2)})
for symmetric in (0, 1):
    op("contraction", lambda h, w: contraction(h, w, symmetric), {"H": U(3, 5), "W": T(4, 5)}, symmetric=symmetric)

with open(arguments.out, "w") as file:
    json.dump({"seed": arguments.seed, "made_with": {"torch": torch.__version__}, "ops": ops}, file, separators=(",", ":"))
print("wrote", arguments.out, len(ops), "operations")
