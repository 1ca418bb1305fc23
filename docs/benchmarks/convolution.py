#!/usr/bin/env python3
"""Training of the convolutional autoencoder, 28×28 pixels, float32: Strata against PyTorch, examples a second on the same threads.

usage: convolution.py [build/convolution] [--pairs 15] [--seconds 0.5] [--threads 1 2] [--batch 128] [--networks lecture …]

Build the other side first, as the head of convolution.cpp says. Both sides are started once and then train in turn, half a second
each: a pair. The ratio is the median of the pairs' ratios: above 1, Strata is faster. It is given by the clock on the wall and by
the time of the processors, which other programs on the machine disturb less. PyTorch has Adam's `foreach` on or off, whichever is faster.
Networks (3×3, relu, sigmoid output, bce from logits, Adam):
  lecture    conv 16, pool, conv 8, pool; conv 8, nearest upsampling, conv 16, upsampling, conv 1
  upsample   conv 16 and conv 32 of stride 2; conv 32, upsampling, conv 16, upsampling, conv 1
  transpose  conv 16 and conv 32 of stride 2; transposed conv 16 and 1 of stride 2
"""
import argparse, os, statistics, subprocess, sys, time

NETWORKS = ["lecture", "upsample", "transpose"]


def layers(network):
    from torch import nn

    def conv(inputs, outputs, **options):
        return [nn.Conv2d(inputs, outputs, 3, padding=1, **options), nn.ReLU()]

    def up(inputs):
        return (conv(inputs, inputs) + [nn.Upsample(scale_factor=2)] + conv(inputs, 16)
                + [nn.Upsample(scale_factor=2), nn.Conv2d(16, 1, 3, padding=1)])

    strided = conv(1, 16, stride=2) + conv(16, 32, stride=2)
    return {
        "lecture": lambda: conv(1, 16) + [nn.MaxPool2d(2)] + conv(16, 8) + [nn.MaxPool2d(2)] + up(8),
        "upsample": lambda: strided + up(32),
        "transpose": lambda: strided + [nn.ConvTranspose2d(32, 16, 3, 2, 1, 1), nn.ReLU(),
                                        nn.ConvTranspose2d(16, 1, 3, 2, 1, 1)],
    }[network]()


def pytorch(network, batch, threads):
    """For each line of the standard input, a number of seconds: trains for as long, and prints examples a second."""
    import torch
    import torch.nn.functional as F

    torch.manual_seed(1)
    torch.set_num_threads(threads)
    net = torch.nn.Sequential(*layers(network))
    data = torch.rand(2048, 1, 28, 28)
    adams = {foreach: torch.optim.Adam(net.parameters(), lr=1e-3, foreach=foreach) for foreach in (False, True)}
    first = 0

    def train(adam, seconds):
        nonlocal first
        steps, processor_start, start = 0, time.process_time(), time.perf_counter()
        while time.perf_counter() - start < seconds:
            x = data[first : first + batch]
            first = (first + batch) % (2048 - batch)
            loss = F.binary_cross_entropy_with_logits(net(x), x, reduction="sum") / batch
            adam.zero_grad(set_to_none=True)
            loss.backward()
            adam.step()
            loss.item()
            steps += 1
        return steps * batch / (time.perf_counter() - start), steps * batch / (time.process_time() - processor_start)

    rates = {foreach: [] for foreach in adams}
    for foreach, adam in [*adams.items()] * 4:
        rates[foreach].append(train(adam, 0.2)[1])
    adam = adams[max(rates, key=lambda foreach: max(rates[foreach]))]
    for line in sys.stdin:
        print(*train(adam, float(line)), flush=True)


class Side:
    """A program that trains for as long as it is told."""

    def __init__(self, command, **environment):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=dict(os.environ, **environment))

    def train(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        return [float(rate) for rate in self.process.stdout.readline().split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", nargs="?", default="build/convolution")
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--batch", type=int, nargs="+", default=[128])
    parser.add_argument("--networks", nargs="+", default=NETWORKS, choices=NETWORKS)
    a = parser.parse_args()
    print(f"{'':27}{'by the wall clock':>28}{'by processor time':>28}")
    print(f"{'network':10}{'batch':>8}{'threads':>9}" + f"{'Strata':>9}{'PyTorch':>9}{'ratio':>10}" * 2)
    for network in a.networks:
        for batch in a.batch:
            for threads in a.threads:
                words = [network, str(batch), str(threads)]
                strata = Side([a.program, *words])
                torch = Side([sys.executable, __file__, "--pytorch", *words], OMP_NUM_THREADS=str(threads))
                torch.train(0.1)  # until it has begun
                pairs = [(strata.train(a.seconds), torch.train(a.seconds)) for _ in range(a.pairs)]
                strata.close(), torch.close()
                row = f"{network:10}{batch:8}{threads:9}"
                for clock in (0, 1):
                    ours, theirs = [p[0][clock] for p in pairs], [p[1][clock] for p in pairs]
                    ratio = statistics.median(o / t for o, t in zip(ours, theirs))
                    row += f"{statistics.median(ours):9.0f}{statistics.median(theirs):9.0f}{ratio:10.2f}"
                print(row, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--pytorch"]:
        pytorch(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
