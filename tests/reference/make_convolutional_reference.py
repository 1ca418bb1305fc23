#!/usr/bin/env python3
"""Writes convolutional_reference.json: whole convolutional autoencoders by PyTorch in float64, their values and gradients.

    python3 make_convolutional_reference.py [--seed 3] [--out convolutional_reference.json]

Each way down and up, maps and a dense layer as the code, odd sides, two channels, each loss. `settings` are those of our model, and
parameters have our names. Needs Debian's python3-torch.
"""
import argparse, json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=3)
parser.add_argument("--out", default="convolutional_reference.json")
arguments = parser.parse_args()
torch.manual_seed(arguments.seed)
cases = []


def T(*shape):
    return (0.5 * torch.randn(shape)).requires_grad_()


def case(picture, filters, kernel, down, up, code_size, code, loss, decay, batch=3):
    channels, height, width = picture
    parameters, sides, pad = {}, [(height, width)], kernel // 2
    X = torch.rand(batch, channels * height * width)

    def weights(part, k, shape, biases):
        parameters[f"{part}.{k}.W"], parameters[f"{part}.{k}.b"] = T(*shape), T(biases)
        return parameters[f"{part}.{k}.W"], parameters[f"{part}.{k}.b"]

    def activate(z):
        return torch.relu(z) if code == "relu" else z

    a, before = X.view(batch, *picture), channels
    for k, f in enumerate(filters):
        W, b = weights("encoder", k, (f, before, kernel, kernel), f)
        a = torch.relu(F.conv2d(a, W, b, stride=2 if down == "stride" else 1, padding=pad))
        if down == "pool":
            a = F.max_pool2d(a, 2)
        sides.append(tuple(a.shape[2:]))
        before = f
    smallest = a.shape
    h = a.flatten(1)
    layer = 0
    if code_size:
        W, b = weights("encoder", len(filters), (h.shape[1], code_size), code_size)
        h = activate(h @ W + b)
        W, b = weights("decoder", layer, (code_size, smallest[1:].numel()), smallest[1:].numel())
        a = torch.relu(h @ W + b).view(smallest)
        layer += 1
    for k in reversed(range(len(filters))):
        if up == "transpose":
            to = filters[k - 1] if k else channels
            W, b = weights("decoder", layer, (before, to, kernel, kernel), to)
            extra = [wanted - (2 * s - 1) for wanted, s in zip(sides[k], a.shape[2:])]
            a = F.conv_transpose2d(a, W, b, stride=2, padding=pad, output_padding=extra)
            a = torch.relu(a) if k else a
        else:
            to = filters[k]
            W, b = weights("decoder", layer, (to, before, kernel, kernel), to)
            a = torch.relu(F.conv2d(a, W, b, padding=pad))
            a = F.interpolate(a, scale_factor=2, mode="nearest")[:, :, : sides[k][0], : sides[k][1]]
        before, layer = to, layer + 1
    if up == "upsample":
        W, b = weights("decoder", layer, (channels, before, kernel, kernel), channels)
        a = F.conv2d(a, W, b, padding=pad)
    logits = a.flatten(1)
    R = torch.sigmoid(logits)
    if loss == "bce":
        reconstruction = F.binary_cross_entropy_with_logits(logits, X, reduction="sum") / batch
    else:
        reconstruction = ((R - X) ** 2).sum() / (2 * batch)
    weight_decay = decay / 2 * sum((p ** 2).sum() for name, p in parameters.items() if name.endswith("W"))
    total = reconstruction + weight_decay
    gradients = torch.autograd.grad(total, list(parameters.values()))
    cases.append({"settings": {"model": "convolutional", "picture": picture, "filters": filters, "kernel": kernel, "down": down,
                               "up": up, "code_size": code_size, "code": code, "loss": loss, "decay": decay},
                  "X": X.tolist(), "parameters": {name: p.tolist() for name, p in parameters.items()},
                  "code": h.tolist(), "reconstruction": R.tolist(), "total": total.item(),
                  "terms": {"reconstruction": reconstruction.item(), "weight_decay": float(weight_decay)},
                  "gradients": {name: g.tolist() for name, g in zip(parameters, gradients)}})


case([1, 7, 5], [3, 2], 3, "stride", "transpose", 0, "relu", "bce", 0)
case([2, 8, 4], [3, 2], 3, "pool", "upsample", 4, "relu", "half_mse", 0.125)
case([1, 5, 7], [2, 3], 5, "stride", "upsample", 3, "linear", "bce", 0.0625)
case([1, 4, 8], [3], 3, "pool", "transpose", 0, "relu", "half_mse", 0)
case([1, 7, 6], [2, 2, 3], 3, "stride", "upsample", 0, "relu", "bce", 0, batch=1)

with open(arguments.out, "w") as f:
    json.dump({"seed": arguments.seed, "made_with": f"PyTorch {torch.__version__}", "cases": cases}, f)
    f.write("\n")
