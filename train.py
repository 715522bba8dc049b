"""Trains SimpleCNN, built from the four layers of layers.py, on MNIST.

    python train.py                     ten epochs with the defaults, then the test accuracy
    python train.py --limit 5000        a quick try on 5,000 images
    python train.py --resume            goes on with the newest interrupted run

Every run leaves a folder under runs/: curves.png, mistakes.png, metrics.csv, model.pt and config.json.
"""

import argparse
import contextlib
import csv
import json
import math
import os
import platform
import signal
import sys
import time
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision
from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import track

from layers import CustomConv2D, CustomCrossEntropyLoss, CustomLinear, CustomMaxPool2D

LAYERS = {
    "custom": (CustomConv2D, CustomMaxPool2D, CustomLinear, CustomCrossEntropyLoss),
    "torch": (nn.Conv2d, nn.MaxPool2d, nn.Linear, nn.CrossEntropyLoss),
}
VALIDATION = 5_000  # of the 60,000 training images, the same ones for every seed
MEAN, STD = 0.1307, 0.3081  # of all pixels of the training images, scaled to 0..1
SHIFT = 2  # pixels; the farthest that a training digit is moved, each way


class SimpleCNN(nn.Module):
    """Maps images (N, 1, 28, 28) to logits (N, 10); the softmax is part of the loss.

    Twice convolution, batch normalisation, ReLU, pooling and dropout; then two fully-connected layers.
    """

    def __init__(self, layers="custom"):
        super().__init__()
        Conv2D, MaxPool2D, Linear, _ = LAYERS[layers]
        self.features = nn.Sequential(
            Conv2D(1, 32, 5), nn.BatchNorm2d(32), nn.ReLU(), MaxPool2D(2), nn.Dropout(0.25),  # (N, 32, 12, 12)
            Conv2D(32, 64, 5), nn.BatchNorm2d(64), nn.ReLU(), MaxPool2D(2), nn.Dropout(0.25),  # (N, 64, 4, 4)
        )  # fmt: skip
        self.classifier = nn.Sequential(Linear(1024, 512), nn.ReLU(), Linear(512, 10))

    def forward(self, images):
        return self.classifier(self.features(images).flatten(1))


def fail(message):
    """Ends the program for a fault that is the user's to mend: one line, status 2."""
    print(f"train.py: {message}", file=sys.stderr)
    sys.exit(2)


def load_mnist(root):
    """Returns (images, labels) of the training and of the test set; uint8 (N, 28, 28) and int64 (N).

    torchvision verifies and unpacks the archives in root/MNIST/raw, and downloads those that are missing or damaged.
    """
    raw = Path(root, "MNIST", "raw")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            sets = [torchvision.datasets.MNIST(root, train, download=True) for train in (True, False)]
    except (OSError, RuntimeError, AssertionError, ValueError, TypeError, KeyError) as error:
        what = str(error).partition("\n")[0].rstrip(":")  # "Error downloading t10k-labels-idx1-ubyte.gz", for one
        if "downloading" in what:
            fail(f"{what}, missing or damaged in {raw}; restore it as data/README.md says, or connect to a network")
        fail(f"cannot unpack or read MNIST in {raw}: {what}; a damaged file without .gz may be deleted")
    return [(s.data, s.targets) for s in sets]


def to_input(images, shift=0):
    """Normalises uint8 images (N, 28, 28) to (N, 1, 28, 28), each moved at random by up to ``shift`` pixels."""
    if shift:
        n, size = len(images), images.shape[-1]
        offsets = torch.randint(2 * shift + 1, (2, n, 1), device=images.device)
        rows, columns = offsets + torch.arange(size, device=images.device)  # (N, 28) each
        batch = torch.arange(n, device=images.device).view(n, 1, 1)
        images = F.pad(images, [shift] * 4)[batch, rows.unsqueeze(2), columns.unsqueeze(1)]
    return (images.unsqueeze(1) / 255 - MEAN) / STD


@torch.no_grad()
def evaluate(model, criterion, images, labels):
    """Returns the mean loss, the accuracy, and the logits (N, 10)."""
    model.eval()
    logits = torch.cat([model(to_input(batch)) for batch in images.split(500)])
    return criterion(logits, labels).item(), (logits.argmax(1) == labels).sum().item() / len(labels), logits


class Run:
    """One training run: model, optimiser and schedule, how far they are, and the folder that keeps them."""

    def __init__(self, options, train_size, checkpoint):
        self.options, self.folder = options, Path(options.out)
        self.steps = math.ceil(train_size / options.batch_size)  # of an epoch
        torch.manual_seed(options.seed)
        self.model = SimpleCNN(options.layers).to(options.device)
        self.criterion = LAYERS[options.layers][-1]()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=options.lr)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, max_lr=options.lr, total_steps=self.steps * options.epochs
        )
        self.parts = {"model": self.model, "optimizer": self.optimizer, "schedule": self.schedule}
        # loss and correct are sums over the epoch so far; best is the state_dict of the lowest validation loss
        self.state = {"epoch": 1, "step": 0, "loss": 0.0, "correct": 0, "history": [], "best": None}
        if checkpoint:
            self.state = checkpoint["state"]
            for name, part in self.parts.items():
                part.load_state_dict(checkpoint["parts"][name])
        self.interrupted = False

    def interrupt(self, *_):
        """Handles Ctrl-C: the step under way is finished first. A second Ctrl-C does not wait."""
        self.interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def save(self):
        """Writes the checkpoint, whole or not at all."""
        parts = {name: part.state_dict() for name, part in self.parts.items()}
        checkpoint = {"options": vars(self.options), "state": self.state, "parts": parts}
        torch.save(checkpoint, self.folder / "checkpoint.tmp")
        os.replace(self.folder / "checkpoint.tmp", self.folder / "checkpoint.pt")

    def seed(self, step):
        """Seeds each step by itself, so that a resumed run draws the random numbers of an unbroken one."""
        torch.manual_seed(self.options.seed * 10**9 + self.state["epoch"] * 10**6 + step)

    def train_epoch(self, images, labels):
        """Goes once through the shuffled images, from the step where the run stands; returns mean loss and accuracy."""
        state = self.state
        self.seed(0)
        order = torch.randperm(len(images)).to(images.device).split(self.options.batch_size)
        self.model.train()
        for step in track(
            range(state["step"], self.steps), f"Epoch {state['epoch']}", total=self.steps, completed=state["step"],
            console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
        ):  # fmt: skip
            if self.interrupted:
                self.save()
                raise KeyboardInterrupt(f"; go on with: python train.py --resume {self.folder}")
            self.seed(step + 1)
            batch = order[step]
            logits = self.model(to_input(images[batch], SHIFT))
            loss = self.criterion(logits, labels[batch])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.schedule.step()
            state["loss"] += loss.item() * len(batch)
            state["correct"] += (logits.argmax(1) == labels[batch]).sum().item()
            state["step"] += 1
        return state["loss"] / len(images), state["correct"] / len(images)

    def train(self, train_set, validation_set):
        """Trains the epochs that are left, prints a line for each, and ends with the best epoch's parameters."""
        state = self.state
        while state["epoch"] <= self.options.epochs:
            train_loss, train_accuracy = self.train_epoch(*train_set)
            loss, accuracy, _ = evaluate(self.model, self.criterion, *validation_set)
            print(
                f"Epoch {state['epoch']}: Train Loss: {train_loss:.4f}, Train Accuracy: {train_accuracy:.2%}"
                f" | Validation Loss: {loss:.4f}, Validation Accuracy: {accuracy:.2%}",
                flush=True,
            )
            if not state["history"] or loss < min(row["validation_loss"] for row in state["history"]):
                state["best"] = {name: tensor.clone() for name, tensor in self.model.state_dict().items()}
            state["history"].append(
                {"epoch": state["epoch"], "train_loss": train_loss, "train_accuracy": train_accuracy,
                 "validation_loss": loss, "validation_accuracy": accuracy}
            )  # fmt: skip
            state.update(epoch=state["epoch"] + 1, step=0, loss=0.0, correct=0)
            with open(self.folder / "metrics.csv", "w", newline="") as file:
                writer = csv.DictWriter(file, state["history"][0])
                writer.writeheader()
                writer.writerows(state["history"])
            self.save()
        self.model.load_state_dict(state["best"])

    def test(self, images, labels):
        """Reads the test set, for the first and only time, and completes the folder."""
        _, accuracy, logits = evaluate(self.model, self.criterion, images, labels)
        print(f"\nTest Accuracy: {accuracy:.2%}", flush=True)
        torch.save(self.model.state_dict(), self.folder / "model.pt")
        draw_curves(self.state["history"], self.folder / "curves.png")
        draw_mistakes(images, labels, logits, self.folder / "mistakes.png")
        config = vars(self.options) | {"test_accuracy": accuracy, "threads": torch.get_num_threads()}
        config |= {"python": platform.python_version(), "torch": torch.__version__, "platform": platform.platform()}
        (self.folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        (self.folder / "checkpoint.pt").unlink()


def draw_curves(history, path):
    figure = Figure(figsize=(9, 3.5), layout="constrained", dpi=150)
    axes = figure.subplots(1, 2)
    for axis, name, unit, scale in zip(axes, ("loss", "accuracy"), ("nats", "%"), (1, 100)):
        for part, style in (("train", "o--"), ("validation", "s-")):
            values = [scale * row[f"{part}_{name}"] for row in history]
            axis.plot([row["epoch"] for row in history], values, style, label=part)
        axis.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axis.set(xlabel="epoch", ylabel=f"{name} ({unit})")
        axis.grid(alpha=0.3)
    axes[1].legend(title="train: with dropout,\ndigits shifted", loc="lower right")
    figure.savefig(path)


def draw_mistakes(images, labels, logits, path, most=40):
    """Draws the test digits that the model got wrong, beginning with those it was surest of."""
    confidence, predicted = logits.softmax(1).max(1)
    wrong = (predicted != labels).nonzero().flatten()
    shown = wrong[confidence[wrong].argsort(descending=True)][:most]
    figure = Figure(figsize=(8, 6), layout="constrained", dpi=150)
    axes = figure.subplots(5, 8).ravel()
    figure.suptitle(f"{len(wrong):,} of {len(labels):,} test digits are wrong; {len(shown)} shown")
    for axis in axes:
        axis.axis("off")
    for axis, i in zip(axes, shown):
        axis.imshow(images[i].cpu().numpy(), cmap="gray_r")
        axis.set_title(f"true {labels[i]}, read {predicted[i]}", fontsize=8)
    figure.savefig(path)


def parse_arguments(arguments):
    """Returns the options, and the checkpoint to go on from or None."""
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    devices = [device for device in present if present[device]]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda message: fail(f"{message} (--help lists the options)")
    add = parser.add_argument
    add("--epochs", type=int, default=10, help="times through the training images (%(default)s)")
    add("--batch-size", type=int, default=128, help="images a step (%(default)s)")
    add("--lr", type=float, default=3e-3, help="highest learning rate of the one-cycle schedule (%(default)s)")
    add("--seed", type=int, default=0, help="of all random numbers (%(default)s)")
    add("--device", choices=devices, default=devices[0], help="the best of those here (%(default)s)")
    add("--data", default="data", metavar="DIR", help="the folder with MNIST/raw/ (%(default)s)")
    add("--limit", type=int, default=60_000 - VALIDATION, metavar="N", help="train on only N images (%(default)s)")
    add("--layers", choices=LAYERS, default="custom", help="custom: layers.py; torch: torch.nn's (%(default)s)")
    add("--out", metavar="DIR", type=os.path.normpath, help="the run's folder (runs/ and the time)")
    add("--resume", nargs="?", const="", metavar="DIR", help="go on with an interrupted run (the newest in runs/)")
    options, checkpoint = parser.parse_args(arguments), None
    limits = {"epochs": (1, 1000), "batch_size": (1, 60_000), "lr": (1e-8, 10), "seed": (0, 10**9)}
    for name, (low, high) in (limits | {"limit": (1, 60_000 - VALIDATION)}).items():
        if not low <= getattr(options, name) <= high:
            parser.error(f"--{name.replace('_', '-')} must be from {low:,} to {high:,}, got {getattr(options, name)}")
    if options.resume is not None:
        folder = options.resume or options.out
        files = [Path(folder, "checkpoint.pt")] if folder else Path("runs").glob("*/checkpoint.pt")
        newest = max((f for f in files if f.is_file()), key=os.path.getmtime, default=None)
        if newest is None:
            parser.error(f"--resume: no interrupted run in {folder or 'runs'}")
        try:
            checkpoint = torch.load(newest, map_location="cpu", weights_only=True)
            checkpoint["options"]["out"] = str(newest.parent)
            for name, value in checkpoint["options"].items():
                if getattr(options, name) not in (value, parser.get_default(name)):
                    parser.error(f"--{name.replace('_', '-')} {getattr(options, name)}: the run to resume has {value}")
                setattr(options, name, value)
        except Exception as error:  # whatever a damaged file makes of torch.load
            parser.error(f"--resume: cannot read {newest} ({type(error).__name__})")
    del options.resume
    options.out = options.out or time.strftime("runs/%Y%m%d-%H%M%S")
    if not checkpoint and any(Path(options.out).glob("*")):
        parser.error(f"--out: {options.out} is not empty; name a new folder, or go on with --resume")
    return options, checkpoint


def main(arguments=None):
    options, checkpoint = parse_arguments(arguments)
    try:
        train_set, test_set = ([part.to(options.device) for part in pair] for pair in load_mnist(options.data))
        order = torch.randperm(60_000, generator=torch.Generator().manual_seed(0)).to(options.device)
        validation, chosen = order[:VALIDATION], order[VALIDATION : VALIDATION + options.limit]
        run = Run(options, len(chosen), checkpoint)
        run.folder.mkdir(parents=True, exist_ok=True)
        run.save()
        signal.signal(signal.SIGINT, run.interrupt)
        print(f"Using {options.device}\n", flush=True)
        run.train([part[chosen] for part in train_set], [part[validation] for part in train_set])
        run.test(*test_set)
    except OSError as error:
        fail(f"cannot write the run's folder: {error}")
    except KeyboardInterrupt as stop:
        print(f"Interrupted{stop}", file=sys.stderr)
        sys.exit(130)
    print(f"The run is in {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
