"""Times our layers against torch.nn's on SimpleCNN: a training step, an inference step, and each layer alone.

    python -m bench.layers --batch 256 --threads 2

Both sides take turns in one process, so that a machine that slows down slows both; the figures are medians after a
warm-up, and what counts is the ratio.
"""

import argparse
import os
import platform
import statistics
import time

import torch
import torch.nn as nn

from layers import CustomConv2D, CustomCrossEntropyLoss, CustomLinear, CustomMaxPool2D
from train import LAYERS, SimpleCNN

ALONE = {  # SimpleCNN's layers: ours, torch.nn's, the input's shape
    "conv 1 -> 32, 5x5": (CustomConv2D(1, 32, 5), nn.Conv2d(1, 32, 5), (1, 28, 28)),
    "pool 2x2, 32x24x24": (CustomMaxPool2D(2), nn.MaxPool2d(2), (32, 24, 24)),
    "conv 32 -> 64, 5x5": (CustomConv2D(32, 64, 5), nn.Conv2d(32, 64, 5), (32, 12, 12)),
    "pool 2x2, 64x8x8": (CustomMaxPool2D(2), nn.MaxPool2d(2), (64, 8, 8)),
    "linear 1024 -> 512": (CustomLinear(1024, 512), nn.Linear(1024, 512), (1024,)),
    "linear 512 -> 10": (CustomLinear(512, 10), nn.Linear(512, 10), (512,)),
    "cross-entropy, 10": (CustomCrossEntropyLoss(), nn.CrossEntropyLoss(), (10,)),
}


def training_step(layers, batch):
    model, criterion = SimpleCNN(layers), LAYERS[layers][-1]()
    optimizer = torch.optim.Adam(model.parameters())
    images, labels = torch.randn(batch, 1, 28, 28), torch.randint(10, (batch,))

    def step():
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()

    return step


def inference_step(layers, batch):
    model, images = SimpleCNN(layers).eval(), torch.randn(batch, 1, 28, 28)

    @torch.no_grad()
    def step():
        model(images)

    return step


def layer_step(layer, batch, shape):
    """Forward and backward; the network's images need no gradient, and so neither does the first layer's input."""
    x = torch.randn(batch, *shape, requires_grad=shape != (1, 28, 28))
    arguments = (x, torch.randint(shape[0], (batch,))) if "CrossEntropy" in type(layer).__name__ else (x,)
    upstream = torch.randn_like(layer(*arguments))

    def step():
        x.grad = None
        layer.zero_grad()
        layer(*arguments).backward(upstream)

    return step


def compare(name, ours, theirs, runs, warmup=5):
    times = ([], [])
    for run in range(warmup + runs):
        for step, kept in zip((ours, theirs), times):
            start = time.perf_counter()
            step()
            if run >= warmup:
                kept.append(1e3 * (time.perf_counter() - start))
    (a, b), ratio = map(statistics.median, times), statistics.median(x / y for x, y in zip(*times))
    print(f"{name:22}{a:10.2f}{b:12.2f}{ratio:8.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=256, help="images (%(default)s)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of torch (%(default)s)")
    parser.add_argument("--runs", type=int, default=30, help="counted runs of each side (%(default)s)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    print(f"batch {options.batch}, {options.threads} threads, {options.runs} runs; torch {torch.__version__}, "
          f"{torch.backends.cpu.get_cpu_capability()}, {platform.platform()}")  # fmt: skip
    print(f"{'':22}{'ours (ms)':>10}{'torch (ms)':>12}{'ratio':>8}")
    for name, make in (("training step", training_step), ("inference step", inference_step)):
        compare(name, make("custom", options.batch), make("torch", options.batch), options.runs)
    for name, (ours, theirs, shape) in ALONE.items():
        compare(name, *(layer_step(layer, options.batch, shape) for layer in (ours, theirs)), options.runs)


if __name__ == "__main__":
    main()
