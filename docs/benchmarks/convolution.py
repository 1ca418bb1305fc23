#!/usr/bin/env python3
"""Training of convolutional autoencoders, 28×28 pixels, float32: Strata against PyTorch, examples a second on the same threads.

usage: convolution.py [build/convolution] [--rounds 3] [--seconds 2] [--threads 1 2] [--batch 64 128]

Build the other side first, as the head of convolution.cpp says. As in compare_with_pytorch.py both sides are measured in turn,
and the ratio is the median of the rounds' ratios: above 1, Strata is faster. PyTorch gets the better of Adam's `foreach` on and off.
Networks (16 and 32 channels, 3×3, relu, sigmoid output, half_mse, Adam):
  stride     two convolutions of stride 2, two transposed ones back
  upsample   two convolutions of stride 2, then twice: nearest upsampling and a convolution
  pool       twice: convolution and 2×2 max pooling; then as upsample
"""
import argparse, os, statistics, subprocess, sys, time

NETWORKS = ["stride", "upsample", "pool"]


def pytorch(network, batch, seconds):
    import torch
    from torch import nn

    torch.manual_seed(1)
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    up = lambda: [nn.Upsample(scale_factor=2), nn.Conv2d(32, 16, 3, padding=1), nn.ReLU(),
                  nn.Upsample(scale_factor=2), nn.Conv2d(16, 1, 3, padding=1), nn.Sigmoid()]
    strided = lambda: [nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU()]
    layers = {
        "stride": lambda: strided() + [nn.ConvTranspose2d(32, 16, 3, 2, 1, 1), nn.ReLU(),
                                       nn.ConvTranspose2d(16, 1, 3, 2, 1, 1), nn.Sigmoid()],
        "upsample": lambda: strided() + up(),
        "pool": lambda: [nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)] + up(),
    }
    net = nn.Sequential(*layers[network]())
    data = torch.rand(2048, 1, 28, 28)
    best = 0
    for foreach in (False, True):
        adam = torch.optim.Adam(net.parameters(), lr=1e-3, foreach=foreach)
        first = 0

        def train_one_batch():
            nonlocal first
            x = data[first : first + batch]
            first = (first + batch) % (2048 - batch)
            loss = ((net(x) - x) ** 2).sum() * (0.5 / batch)
            adam.zero_grad(set_to_none=True)
            loss.backward()
            adam.step()
            return loss.item()

        for _ in range(3):
            train_one_batch()
        rates, start = [], time.perf_counter()
        while time.perf_counter() - start < seconds or len(rates) < 5:
            begin = time.perf_counter()
            for _ in range(5):
                train_one_batch()
            rates.append(5 * batch / (time.perf_counter() - begin))
        best = max(best, statistics.median(rates))
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", nargs="?", default="build/convolution")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, os.cpu_count()])
    parser.add_argument("--batch", type=int, nargs="+", default=[64, 128])
    a = parser.parse_args()
    output = lambda command, **environment: float(
        subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ, **environment)).stdout)
    print(f"{'network':10}{'batch':>6}{'threads':>9}{'Strata':>10}{'PyTorch':>10}{'Strata / PyTorch':>18}")
    for network in NETWORKS:
        for batch in a.batch:
            for threads in a.threads:
                words = [network, str(batch), str(threads), str(a.seconds)]
                ours, theirs = [], []
                for _ in range(a.rounds):
                    ours.append(output([a.program, *words]))
                    theirs.append(output([sys.executable, __file__, "--pytorch", *words], OMP_NUM_THREADS=str(threads),
                                         OPENBLAS_NUM_THREADS="1"))
                ratio = statistics.median(o / t for o, t in zip(ours, theirs))
                print(f"{network:10}{batch:6}{threads:9}{statistics.median(ours):10.0f}{statistics.median(theirs):10.0f}"
                      f"{ratio:18.2f}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--pytorch"]:
        print(pytorch(sys.argv[2], int(sys.argv[3]), float(sys.argv[5])))
    else:
        main()
