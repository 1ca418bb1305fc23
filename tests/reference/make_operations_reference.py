#!/usr/bin/env python3
"""Writes operations_reference.json: more of convolution, pooling and normalisation than reference.json has, by PyTorch in float64.

    python3 make_operations_reference.py [--seed 2] [--out operations_reference.json]

Windows and images that are not square, batches of 1, strides that leave pixels over, output_padding; batch and layer
normalisation in training and evaluation. Written like the "ops" of reference.json; needs Debian's python3-torch.
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
       {"X": T(batch, 2, 5, 7), "W": T(3, 2, 2, 4), "b": T(3)}, stride=stride, pad=pad)
for batch, stride, pad, extra in ((1, 2, 1, 1), (3, 2, 0, 0), (2, 3, 1, 2), (1, 1, 1, 0)):
    op("conv2d_transpose",
       lambda x, w, b: F.conv_transpose2d(x, w, b, stride=stride, padding=pad, output_padding=extra),
       {"X": T(batch, 2, 3, 4), "W": T(2, 3, 4, 3), "b": T(3)}, stride=stride, pad=pad, output_padding=extra)
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
       {"X": X, "gain": T(d), "bias": T(d)}, epsilon=1e-5, first=first.tolist())
    F.batch_norm(X.detach(), mean, variance, training=True, momentum=0.1)
    ops[-1]["settings"]["running"] = [mean.tolist(), variance.tolist()]
    op("batch_norm_fixed", lambda x, g, b: F.batch_norm(x, mean, variance, g, b, training=False, eps=1e-5),
       {"X": T(*shape), "gain": T(d), "bias": T(d)}, epsilon=1e-5, statistics=[mean.tolist(), variance.tolist()])
for shape in ((4, 5), (1, 3)):
    op("layer_norm", lambda x, g, b: F.layer_norm(x, shape[1:], g, b, eps=1e-5),
       {"X": T(*shape), "gain": T(shape[1]), "bias": T(shape[1])}, epsilon=1e-5)

with open(arguments.out, "w") as file:
    json.dump({"seed": arguments.seed, "made_with": {"torch": torch.__version__}, "ops": ops}, file, separators=(",", ":"))
print("wrote", arguments.out, len(ops), "operations")
