"""Times our layers against torch.nn's: SimpleCNN's training and inference step, each layer alone.

    python -m bench.layers --batch 256 --threads 2

Both sides take turns in one process, so that a machine that slows down slows both; the figures are
medians after a warm-up, and what counts is the ratio.
"""

import argparse
import os
import platform
import statistics
import time

import torch
import torch.nn as nn

from layers import CustomConv2D, CustomCrossEntropyLoss, CustomLinear, CustomMaxPool2D
from staff.command import positive, run_tool
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
    model = SimpleCNN(layers)
    criterion = LAYERS[layers][-1]()
    optimizer = torch.optim.Adam(model.parameters())
    images = torch.randn(batch, 1, 28, 28)
    labels = torch.randint(10, (batch,))

    def step():
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()

    return step


def inference_step(layers, batch):
    model = SimpleCNN(layers).eval()
    images = torch.randn(batch, 1, 28, 28)

    @torch.no_grad()
    def step():
        model(images)

    return step


def layer_step(layer, batch, shape):
    """Forward and backward.

    The network's images need no gradient, and so neither does the first layer's input.
    """
    x = torch.randn(batch, *shape, requires_grad=shape != (1, 28, 28))
    arguments = [x]
    if "CrossEntropy" in type(layer).__name__:
        arguments.append(torch.randint(shape[0], (batch,)))
    upstream = torch.randn_like(layer(*arguments))

    def step():
        x.grad = None
        layer.zero_grad()
        layer(*arguments).backward(upstream)

    return step


def milliseconds(step):
    start = time.perf_counter()
    step()
    return 1e3 * (time.perf_counter() - start)


def compare(name, ours, theirs, runs, warmup=5):
    """Prints the median times of two steps that take turns, and that of the ratios of a turn."""
    for _ in range(warmup):
        ours()
        theirs()
    turns = [(milliseconds(ours), milliseconds(theirs)) for _ in range(runs)]
    our_median = statistics.median(a for a, _ in turns)
    their_median = statistics.median(b for _, b in turns)
    ratio = statistics.median(a / b for a, b in turns)
    print(f"{name:22}{our_median:10.2f}{their_median:12.2f}{ratio:8.2f}", flush=True)


def parse_arguments():
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=formatter)
    threads = os.cpu_count()
    parser.add_argument("--batch", type=positive, default=256, help="images (%(default)s)")
    parser.add_argument("--threads", type=positive, default=threads, help="of torch (%(default)s)")
    parser.add_argument("--runs", type=positive, default=30, help="that are counted (%(default)s)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    size = f"batch {options.batch}, {options.threads} threads, {options.runs} runs"
    machine = f"{torch.backends.cpu.get_cpu_capability()}, {platform.platform()}"
    print(f"{size}; torch {torch.__version__}, {machine}")
    print(f"{'':22}{'ours (ms)':>10}{'torch (ms)':>12}{'ratio':>8}")
    for name, make in (("training step", training_step), ("inference step", inference_step)):
        compare(name, make("custom", options.batch), make("torch", options.batch), options.runs)
    for name, (ours, theirs, shape) in ALONE.items():
        our_step = layer_step(ours, options.batch, shape)
        compare(name, our_step, layer_step(theirs, options.batch, shape), options.runs)


if __name__ == "__main__":
    run_tool("bench.layers", main)
