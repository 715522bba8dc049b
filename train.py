"""Trains SimpleCNN, built from the four layers of layers.py, on MNIST.

    python train.py                     ten epochs with the defaults, then the test accuracy
    python train.py --limit 5000        a quick try on 5,000 images
    python train.py --resume            goes on with the newest interrupted run

Every run leaves a folder under runs/: index.html, a page that shows it; curves.png, mistakes.png,
metrics.csv, model.pt and config.json.
"""

import argparse
import contextlib
import csv
import gzip
import hashlib
import http.client
import io
import itertools
import json
import math
import os
import platform
import shlex
import signal
import struct
import subprocess
import sys
import time
import traceback
import urllib.request
from pathlib import Path

if __name__ == "__main__":

    def end_at_once(*_):
        """Handles Ctrl-C during the imports: they take seconds, and may make other errors of it."""
        print("Interrupted", file=sys.stderr, flush=True)
        os._exit(130)

    signal.signal(signal.SIGINT, end_at_once)
    # What shows pictures on this screen may be missing or misspelt; here they go into files.
    os.environ.pop("MPLBACKEND", None)

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    from matplotlib.figure import Figure
    from rich.console import Console
    from rich.progress import track
    from torch.optim.lr_scheduler import OneCycleLR
    from torchvision.datasets import MNIST
except ModuleNotFoundError as error:
    if __name__ != "__main__":
        raise
    install = "pip install -r requirements.txt"
    print(f"train.py: the package {error.name} is missing; {install} installs it", file=sys.stderr)
    sys.exit(2)

try:
    from layers import CustomConv2D, CustomCrossEntropyLoss, CustomLinear, CustomMaxPool2D
except (ImportError, SyntaxError) as error:
    if __name__ != "__main__":
        raise
    print(f"train.py: the four layers cannot be imported: {error}", file=sys.stderr)
    sys.exit(2)

LAYERS = {
    "custom": (CustomConv2D, CustomMaxPool2D, CustomLinear, CustomCrossEntropyLoss),
    "torch": (nn.Conv2d, nn.MaxPool2d, nn.Linear, nn.CrossEntropyLoss),
}
VALIDATION = 5_000  # of the 60,000 training images, the same ones for every seed
MEAN = 0.1307  # of all pixels of the training images, scaled to 0..1
STD = 0.3081
SHIFT = 2  # pixels; the farthest that a training digit is moved, each way
DATA = Path(__file__).parent / "data"


class SimpleCNN(nn.Module):
    """Maps images (N, 1, 28, 28) to logits (N, 10); the softmax is part of the loss.

    Twice convolution, batch normalisation, ReLU, pooling and dropout; then two
    fully-connected layers.
    """

    def __init__(self, layers="custom"):
        super().__init__()
        Conv2D, MaxPool2D, Linear, _ = LAYERS[layers]
        self.features = nn.Sequential(
            Conv2D(1, 32, 5),  # (N, 32, 24, 24)
            nn.BatchNorm2d(32),
            nn.ReLU(),
            MaxPool2D(2),  # (N, 32, 12, 12)
            nn.Dropout(0.25),
            Conv2D(32, 64, 5),  # (N, 64, 8, 8)
            nn.BatchNorm2d(64),
            nn.ReLU(),
            MaxPool2D(2),  # (N, 64, 4, 4)
            nn.Dropout(0.25),
        )
        self.classifier = nn.Sequential(
            Linear(1024, 512),
            nn.ReLU(),
            Linear(512, 10),
        )

    def forward(self, images):
        features = self.features(images)
        return self.classifier(features.flatten(1))


def make_optimizer(model, lr, steps):
    """Returns Adam, and the schedule that raises its rate to ``lr`` and then lowers it."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    schedule = OneCycleLR(optimizer, max_lr=lr, total_steps=steps)
    return optimizer, schedule


def to_input(images, shift=0):
    """Normalises uint8 images (N, 28, 28) to the network's (N, 1, 28, 28).

    For training, each is moved at random by up to ``shift`` pixels: the augmentation.
    """
    if shift:
        images = move_at_random(images, shift)
    return (images.unsqueeze(1) / 255 - MEAN) / STD


def move_at_random(images, shift):
    """Moves each image by up to ``shift`` pixels each way, and fills with background."""
    count = len(images)
    size = images.shape[-1]
    device = images.device
    framed = F.pad(images, [shift] * 4)
    offsets = torch.randint(2 * shift + 1, (2, count, 1), device=device)
    rows, columns = offsets + torch.arange(size, device=device)  # (N, 28) each
    image = torch.arange(count, device=device)
    return framed[image.view(count, 1, 1), rows.unsqueeze(2), columns.unsqueeze(1)]


@torch.no_grad()
def evaluate(model, criterion, images, labels):
    """Returns the mean loss, the accuracy, and the logits (N, 10)."""
    model.eval()
    logits = torch.cat([model(to_input(batch)) for batch in images.split(500)])
    loss = criterion(logits, labels).item()
    return loss, count_correct(logits, labels) / len(labels), logits


def confusion(labels, predicted):
    """Returns how many digits of a class (row) were read as which (column), (10, 10)."""
    return torch.bincount(10 * labels + predicted, minlength=100).view(10, 10)


@torch.no_grad()
def look_through(model, x):
    """Returns the maps of one image after each layer of the features, with the layer's name."""
    model.eval()
    seen = []
    for layer in model.features:
        x = layer(x)
        if not isinstance(layer, nn.Dropout):  # which does nothing here
            seen.append((type(layer).__name__, x[0].cpu().numpy()))
    return seen


def count_correct(logits, labels):
    return (logits.argmax(1) == labels).sum().item()


class Run:
    """One training run: model, optimiser, schedule, how far they are, and a folder."""

    def __init__(self, options, train_size, checkpoint):
        self.options = options
        self.folder = Path(options.out)
        self.steps = math.ceil(train_size / options.batch_size)  # of an epoch
        self.interrupted = False

        torch.manual_seed(options.seed)
        self.model = SimpleCNN(options.layers).to(options.device)
        self.criterion = LAYERS[options.layers][-1]()
        self.optimizer, self.schedule = make_optimizer(
            self.model, options.lr, self.steps * options.epochs
        )
        self.parts = {
            "model": self.model,
            "optimizer": self.optimizer,
            "schedule": self.schedule,
        }
        self.state = {
            "epoch": 1,
            "step": 0,  # those of this epoch that are done
            "loss": 0.0,  # summed over the images of this epoch so far
            "correct": 0,  # images of this epoch so far
            "history": [],  # a row of metrics.csv for each epoch that is done
            "best": None,  # the state_dict of the lowest validation loss
        }
        if checkpoint:
            self.state = checkpoint["state"]
            for name, part in self.parts.items():
                part.load_state_dict(checkpoint["parts"][name])

    def train(self, train_set, validation_set):
        """Trains the epochs that are left, and ends with the best one's parameters."""
        while self.state["epoch"] <= self.options.epochs:
            train_loss, train_accuracy = self.train_epoch(*train_set)
            loss, accuracy, _ = evaluate(self.model, self.criterion, *validation_set)
            say(
                f"Epoch {self.state['epoch']}: "
                f"Train Loss: {train_loss:.4f}, Train Accuracy: {train_accuracy:.2%} | "
                f"Validation Loss: {loss:.4f}, Validation Accuracy: {accuracy:.2%}"
            )
            row = {
                "epoch": self.state["epoch"],
                "train_loss": train_loss,
                "train_accuracy": train_accuracy,
                "validation_loss": loss,
                "validation_accuracy": accuracy,
            }
            self.end_epoch(row)
        self.model.load_state_dict(self.state["best"])

    def train_epoch(self, images, labels):
        """Goes through the shuffled images once, from the step where the run stands.

        Returns the epoch's mean loss and accuracy.
        """
        self.seed(0)
        order = torch.randperm(len(images)).to(images.device)
        batches = order.split(self.options.batch_size)
        self.model.train()
        for step in self.steps_left():
            if self.interrupted:
                self.save()
                raise KeyboardInterrupt
            self.seed(step + 1)
            batch = batches[step]
            self.train_step(to_input(images[batch], SHIFT), labels[batch])
        return self.state["loss"] / len(images), self.state["correct"] / len(images)

    def train_step(self, x, labels):
        """Moves the parameters once, by the gradient of one batch."""
        logits = self.model(x)
        loss = self.criterion(logits, labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.schedule.step()
        self.state["loss"] += loss.item() * len(labels)
        self.state["correct"] += count_correct(logits, labels)
        self.state["step"] += 1

    def test(self, images, labels):
        """Reads the test set, for the first and only time, and completes the folder."""
        _, accuracy, logits = evaluate(self.model, self.criterion, images, labels)
        say(f"\nTest Accuracy: {accuracy:.2%}")
        save_tensors(self.model.state_dict(), self.folder / "model.pt")
        draw_curves(self.state["history"], self.folder / "curves.png")
        draw_mistakes(images, labels, logits, self.folder / "mistakes.png")
        config = vars(self.options) | {
            "test_accuracy": accuracy,
            "threads": torch.get_num_threads(),
            "python": platform.python_version(),
            "torch": torch.__version__,
            "platform": platform.platform(),
        }
        (self.folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        self.draw_page(config, images, labels, logits)
        (self.folder / "checkpoint.pt").unlink()

    def draw_page(self, config, images, labels, logits):
        """Draws index.html, with the first test digit as the one that is looked through."""
        try:
            from grading.run_page import run_page
        except ModuleNotFoundError as error:  # as where train.py was copied alone
            say(f"No index.html is drawn, since {error.name} is missing", sys.stderr)
            return
        page = run_page(
            self.state["history"],
            config,
            confusion(labels, logits.argmax(1)).cpu().numpy(),
            self.model.features[0].weight.detach().squeeze(1).cpu().numpy(),
            images[0].cpu().numpy(),
            look_through(self.model, to_input(images[:1])),
            self.folder / "curves.png",
            self.folder / "mistakes.png",
        )
        (self.folder / "index.html").write_text(page, encoding="utf-8")

    def seed(self, step):
        """Seeds each step by itself, so that a resumed run draws what an unbroken one does."""
        run = self.options.seed * 10**9
        epoch = self.state["epoch"] * 10**6
        torch.manual_seed(run + epoch + step)

    def steps_left(self):
        """The steps of this epoch that are left, with a bar where somebody looks on."""
        done = self.state["step"]
        return track(
            range(done, self.steps),
            description=f"Epoch {self.state['epoch']}",
            total=self.steps,
            completed=done,
            console=Console(stderr=True),
            transient=True,
            disable=not (sys.stderr and sys.stderr.isatty()),
        )

    def end_epoch(self, row):
        """Keeps the parameters if they are the best so far, and goes on to the next epoch."""
        state = self.state
        earlier = [past["validation_loss"] for past in state["history"]]
        if not earlier or row["validation_loss"] < min(earlier):
            parameters = self.model.state_dict()
            state["best"] = {name: tensor.clone() for name, tensor in parameters.items()}
        state["history"].append(row)
        state["epoch"] += 1
        state.update(step=0, loss=0.0, correct=0)
        with open(self.folder / "metrics.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, row)
            writer.writeheader()
            writer.writerows(state["history"])
        self.save()

    def save(self):
        """Writes the checkpoint, from which the run can go on."""
        checkpoint = {
            "options": vars(self.options),
            "state": self.state,
            "parts": {name: part.state_dict() for name, part in self.parts.items()},
        }
        save_tensors(checkpoint, self.folder / "checkpoint.pt")

    def forget_if_new(self):
        """Leaves nothing to go on with where no step was made, as by layers that raise."""
        if self.state["epoch"] == 1 and self.state["step"] == 0:
            (self.folder / "checkpoint.pt").unlink()

    def interrupt(self, *_):
        """Handles Ctrl-C: finishes the step under way. A second Ctrl-C does not wait."""
        self.interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)


def main(arguments=None):
    options, resume = parse_arguments(arguments)
    try:
        if resume is None:
            folder = make_folder(options.out)
        else:
            folder = find_interrupted(resume or options.out)
        with hold(folder):
            checkpoint = None
            if resume is not None:
                checkpoint = read_checkpoint(folder)
                options, _ = parse_arguments(arguments, checkpoint["options"])
            options.out = str(folder)
            train_and_test(options, checkpoint)
    except OSError as error:
        place = options.out or resume or "runs"
        fail(f"cannot use the folder {place}: {error.strerror or error}{way_on(options.out)}")
    except NotImplementedError as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        fail(f"{place.filename}, line {place.lineno}: this layer is not written yet")
    except KeyboardInterrupt:
        say(f"Interrupted{way_on(options.out)}", sys.stderr)
        sys.exit(130)
    say(f"The run is in {options.out}", sys.stderr)


def train_and_test(options, checkpoint):
    train_set, test_set = load_mnist(options.data or DATA)
    train_set, validation_set = split(train_set, options.limit)
    run = Run(options, len(train_set[0]), checkpoint)
    run.save()
    signal.signal(signal.SIGINT, run.interrupt)
    say(f"Using {options.device}\n")
    try:
        run.train(move_to(options.device, train_set), move_to(options.device, validation_set))
    except Exception:
        run.forget_if_new()
        raise
    run.test(*move_to(options.device, test_set))


def split(train_set, limit):
    """Returns ``limit`` of the training images to train on, and those to validate with."""
    images, labels = train_set
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    validation = order[:VALIDATION]
    chosen = order[VALIDATION : VALIDATION + limit]
    return (images[chosen], labels[chosen]), (images[validation], labels[validation])


def move_to(device, images_and_labels):
    return [part.to(device) for part in images_and_labels]


def load_mnist(root):
    """Returns (images, labels) of the training and of the test set.

    Images are uint8 (N, 28, 28), labels int64 (N). They are read from the four archives in
    root/MNIST/raw; one that is missing or damaged is downloaded.
    """
    raw = Path(root, "MNIST", "raw")
    archives = [read_archive(raw / name, checksum) for name, checksum in MNIST.resources]
    train_images, train_labels, test_images, test_labels = map(unpack, archives)
    return (train_images, train_labels.long()), (test_images, test_labels.long())


def unpack(archive):
    """Returns an archive's numbers as a uint8 tensor of the shape that is written before them.

    The IDX format: two zeros, the type of the numbers, how many dimensions there are, their
    sizes in four bytes each, and the numbers.
    """
    content = bytearray(gzip.decompress(archive))
    dimensions = content[3]
    shape = struct.unpack_from(f">{dimensions}I", content, offset=4)
    return torch.frombuffer(content, dtype=torch.uint8, offset=4 + 4 * dimensions).view(shape)


def read_archive(path, checksum):
    """Returns the bytes of an archive as published, which is downloaded if need be."""
    content = b""
    with contextlib.suppress(OSError):
        content = path.read_bytes()
    if md5(content) == checksum:
        return content
    content = download(path.name, checksum)
    if content is None:
        fail(
            f"cannot download {path.name}, missing or damaged in {path.parent}; "
            "restore it as data/README.md says, or connect to a network"
        )
    with contextlib.suppress(OSError):  # where it cannot be kept, it is downloaded each time
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(content, path)
    return content


def download(name, checksum):
    """Returns an archive from the first of torchvision's mirrors that has it, or None."""
    for mirror in MNIST.mirrors:
        with contextlib.suppress(OSError, http.client.HTTPException):
            with urllib.request.urlopen(mirror + name, timeout=30) as response:
                say(f"Downloading {mirror + name}", sys.stderr)
                content = response.read()
            if md5(content) == checksum:
                return content
    return None


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def draw_curves(history, path):
    """Draws loss and accuracy by epoch, training and validation."""
    figure = Figure(figsize=(9, 3.5), layout="constrained", dpi=150)
    losses, accuracies = figure.subplots(1, 2)
    epochs = [row["epoch"] for row in history]
    for axes, quantity, unit, scale in (
        (losses, "loss", "nats", 1),
        (accuracies, "accuracy", "%", 100),
    ):
        for part, style in (("train", "o--"), ("validation", "s-")):
            values = [scale * row[f"{part}_{quantity}"] for row in history]
            axes.plot(epochs, values, style, label=part)
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axes.set(xlabel="epoch", ylabel=f"{quantity} ({unit})")
        axes.grid(alpha=0.3)
    accuracies.legend(title="train: with dropout,\ndigits shifted", loc="lower right")
    figure.savefig(path)


def draw_mistakes(images, labels, logits, path, most=40):
    """Draws test digits that the model got wrong, beginning with those it was surest of."""
    confidence, predicted = logits.softmax(1).max(1)
    wrong = (predicted != labels).nonzero().flatten()
    surest_first = confidence[wrong].argsort(descending=True)
    shown = wrong[surest_first][:most]

    figure = Figure(figsize=(8, 6), layout="constrained", dpi=150)
    figure.suptitle(f"{len(wrong):,} of {len(labels):,} test digits are wrong; {len(shown)} shown")
    grid = figure.subplots(5, 8).ravel()
    for axes in grid:
        axes.axis("off")
    for axes, i in zip(grid, shown):
        axes.imshow(images[i].cpu().numpy(), cmap="gray_r")
        axes.set_title(f"true {labels[i]}, read {predicted[i]}", fontsize=8)
    figure.savefig(path)


def parse_arguments(arguments, stored=None):
    """Returns the options, and what --resume names: a folder, "" for the newest, or None.

    The options ``stored`` of a run to resume come first, and may not be changed.
    """
    stored = stored or {}
    parser = make_parser()
    options = parser.parse_args(arguments, argparse.Namespace(**stored))
    check_limits(parser, options)
    for name, value in stored.items():
        given = getattr(options, name)
        if given != value and name != "data":  # where the digits lie makes no difference
            parser.error(f"{flag(name)} {given}: the run to resume has {value}")
    resume = options.resume
    del options.resume
    return options, resume


def make_parser():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.error = lambda message: fail(f"{message} (--help lists the options)")
    add_training_options(parser.add_argument)
    add_folder_options(parser.add_argument)
    return parser


def add_training_options(add):
    devices = usable_devices()
    add("--epochs", type=int, default=10, help="times through the training images (%(default)s)")
    add("--batch-size", type=int, default=128, help="images a step (%(default)s)")
    rate_help = "highest learning rate of the one-cycle schedule (%(default)s)"
    add("--lr", type=float, default=3e-3, help=rate_help)
    add("--seed", type=int, default=0, help="of all random numbers (%(default)s)")
    device_help = "the best of those here (%(default)s)"
    add("--device", choices=devices, default=devices[0], help=device_help)
    limit_help = "train on only N images (%(default)s)"
    add("--limit", type=int, default=60_000 - VALIDATION, metavar="N", help=limit_help)
    layers_help = "custom: layers.py; torch: torch.nn's (%(default)s)"
    add("--layers", choices=LAYERS, default="custom", help=layers_help)


def add_folder_options(add):
    data_help = "the folder with MNIST/raw/ (data/ beside train.py)"
    add("--data", metavar="DIR", help=data_help)
    out_help = "the run's folder (runs/ and the time)"
    add("--out", type=os.path.normpath, metavar="DIR", help=out_help)
    resume_help = "go on with an interrupted run (the newest in runs/)"
    add("--resume", nargs="?", const="", metavar="DIR", help=resume_help)


def usable_devices():
    """Returns the names of the devices here, the fastest first."""
    devices = ["cpu"]
    if torch.backends.mps.is_available():
        devices.insert(0, "mps")
    if torch.cuda.is_available():
        devices.insert(0, "cuda")
    return devices


def check_limits(parser, options):
    limits = {
        "epochs": (1, 1000),
        "batch_size": (1, 60_000),
        "lr": (1e-8, 10),
        "seed": (0, 10**9),
        "limit": (1, 60_000 - VALIDATION),
    }
    for name, (low, high) in limits.items():
        value = getattr(options, name)
        if not low <= value <= high:
            parser.error(f"{flag(name)} must be from {low:,} to {high:,}, got {value}")


def flag(name):
    """The option as one types it: --batch-size for batch_size."""
    return "--" + name.replace("_", "-")


def fail(message):
    """Ends the program for a fault that is the user's to mend: one line, status 2."""
    say(f"train.py: {message}", sys.stderr)
    sys.exit(2)


def say(line, stream=None):
    """Prints a line at once; a reader that has gone away (``| head -3``) ends no training."""
    stream = stream or sys.stdout
    try:
        print(line, file=stream, flush=True)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())


def make_folder(out):
    """Makes the folder of a new run: ``out``, or one under runs/ that no other run has."""
    if out:
        folder = Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        if set(os.listdir(folder)) - {"lock"}:
            fail(f"--out: {out} is not empty; name a new folder, or go on with --resume")
        return folder
    started = time.strftime("%Y%m%d-%H%M%S")
    folder = Path("runs", started)
    for number in itertools.count(2):
        with contextlib.suppress(FileExistsError):  # of a run that began in the same second
            folder.mkdir(parents=True)
            return folder
        folder = Path("runs", f"{started}-{number}")


def find_interrupted(folder):
    """Returns the folder, or the newest in runs/, of a run that was interrupted."""
    paths = Path("runs").glob("*/checkpoint.pt")
    if folder:
        paths = [Path(folder, "checkpoint.pt")]
    found = [path for path in paths if path.is_file()]
    found.sort(key=os.path.getmtime, reverse=True)
    if not found:
        fail(f"--resume: no interrupted run in {folder or 'runs'}")
    for path in found:
        lock = try_lock(path.parent)
        if lock:
            lock.close()
            return path.parent
    fail(f"--resume: {folder or 'every run in runs'} is still going")


def read_checkpoint(folder):
    """Returns the checkpoint that Run.save wrote."""
    path = folder / "checkpoint.pt"
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        checkpoint["options"]["out"] = str(folder)  # it may have been moved
    except Exception as error:  # whatever a damaged file makes of torch.load
        fail(f"--resume: cannot read {path} ({type(error).__name__})")
    return checkpoint


@contextlib.contextmanager
def hold(folder):
    """Keeps other runs out of a folder; takes back an empty one, if no run came of it."""
    lock = try_lock(folder)
    if lock is None:
        fail(f"another run is going on in {folder}")
    try:
        yield
    finally:
        lock.close()
        if not os.path.exists(folder / "checkpoint.pt"):
            (folder / "lock").unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                folder.rmdir()


def try_lock(folder):
    """Returns the folder's lock file, locked, or None if another process has locked it.

    The system unlocks it when the process ends, however that ends. Some file systems of networks
    have no locks; there it counts as locked, and two runs in one folder are the user's to avoid.
    """
    file = open(folder / "lock", "a")  # noqa: SIM115 - it is locked as long as it is open
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # what flock, and what msvcrt raises
        file.close()
        return None
    except OSError:
        pass
    return file


def save_tensors(value, path):
    """Writes a file for torch.load.

    torch.save writes to memory here, since on a full disk it raises a RuntimeError that says
    nothing of a disk.
    """
    buffer = io.BytesIO()
    torch.save(value, buffer)
    write_whole(buffer.getvalue(), path)


def write_whole(content, path):
    """Writes a file whole or not at all."""
    temporary = path.with_suffix(".tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def way_on(folder):
    """Returns how to go on with the run in a folder, if it can be gone on with."""
    if not folder or not os.path.exists(Path(folder, "checkpoint.pt")):
        return ""
    return f"; go on with: python {quote(sys.argv[0])} --resume {quote(folder)}"


def quote(path):
    """Returns a path as a shell takes it for one word."""
    if os.name == "nt":
        return subprocess.list2cmdline([path])
    return shlex.quote(path)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
