"""Measures what answers.pdf says: each experiment returns plain numbers, for answers/data.json.

Every experiment runs in one thread and draws its random numbers from its own seed, so that a second run on the same
machine gives the same numbers.
"""

import itertools
import math
import signal
from pathlib import Path

import torch
import torch.nn as nn

from layers import CustomCrossEntropyLoss, CustomLinear, CustomMaxPool2D
from train import SHIFT, VALIDATION, SimpleCNN, evaluate, load_mnist, to_input

ROOT = Path(__file__).parent.parent
SEEDS = (0, 1, 2)
SOME, EPOCHS = 5_000, 4  # training digits and epochs of the runs that compare networks
FEW, LONG = 1_000, 60  # of the runs that overfit


class AveragePool2D(nn.Module):
    """Means over kernel x kernel windows that do not overlap: what CustomMaxPool2D does with maxima."""

    def __init__(self, kernel_size):
        super().__init__()
        self.kernel_size = kernel_size

    def forward(self, x):
        n, c, h, w = x.shape
        k = self.kernel_size
        return x[..., : h // k * k, : w // k * k].reshape(n, c, h // k, k, w // k, k).mean((3, 5))


class SquaredError(nn.Module):
    """The mean over a batch of Σ_c (softmax(z)_c - [c = t])²."""

    def forward(self, logits, targets):
        wanted = torch.zeros_like(logits).scatter_(1, targets.unsqueeze(1), 1.0)
        return (logits.softmax(1) - wanted).square().sum(1).mean()


def digits():
    """Returns (images, labels) of the training digits, of 5,000 validation digits and of the test digits."""
    (images, labels), test = load_mnist(ROOT / "data")
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    held, kept = order[:VALIDATION], order[VALIDATION:]
    return (images[kept], labels[kept]), (images[held], labels[held]), test


def train(model, training, validation, seed, epochs, criterion=None, shift=0, weight_decay=0.0, batch_size=64):
    """Trains with Adam and returns, epoch by epoch, the losses and accuracies; the losses are cross-entropies."""
    torch.manual_seed(seed)
    (images, labels), criterion, entropy = training, criterion or CustomCrossEntropyLoss(), CustomCrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=weight_decay)
    history = {"train_loss": [], "train_accuracy": [], "validation_loss": [], "validation_accuracy": []}
    for _ in range(epochs):
        model.train()
        loss = correct = 0.0
        for batch in torch.randperm(len(images)).split(batch_size):
            logits = model(to_input(images[batch], shift))
            optimizer.zero_grad()
            criterion(logits, labels[batch]).backward()
            optimizer.step()
            loss += entropy(logits.detach(), labels[batch]).item() * len(batch)
            correct += (logits.argmax(1) == labels[batch]).sum().item()
        measured = evaluate(model, entropy, *validation)[:2]
        for name, value in zip(history, (loss / len(images), correct / len(images), *measured)):
            history[name].append(value)
    return history


def network(seed, activation=True, pool=CustomMaxPool2D):
    """SimpleCNN as train.py has it, or without its ReLUs, or with another pool."""
    torch.manual_seed(seed)
    model = SimpleCNN()
    for part in (model.features, model.classifier):
        for i, layer in enumerate(part):
            if isinstance(layer, nn.ReLU) and not activation:
                part[i] = nn.Identity()
            elif isinstance(layer, CustomMaxPool2D):
                part[i] = pool(2)
    return model


def perceptron(seed, *sizes, activation=True, dropout=0.0):
    """Fully-connected layers of these sizes, with or without a ReLU and dropout between them."""
    torch.manual_seed(seed)
    layers = [nn.Flatten()]
    for i, o in itertools.pairwise(sizes):
        layers += [CustomLinear(i, o), nn.ReLU() if activation else nn.Identity(), nn.Dropout(dropout)]
    return nn.Sequential(*layers[:-2])


NETWORKS = {  # of SimpleCNN, on the same digits and from the same seeds
    "plain": {},
    "linear": {"activation": False},
    "average": {"pool": AveragePool2D},
    "squared": {},
}


def compare_networks(name, seed):
    """Trains one variant; the plain and the average one are also tried on shifted digits."""
    (images, labels), validation, _ = digits()
    model = network(seed, **NETWORKS[name])
    criterion = SquaredError() if name == "squared" else None
    history = train(model, (images[:SOME], labels[:SOME]), validation, seed, EPOCHS, criterion)
    if name in ("plain", "average"):
        history["shifted"] = [
            evaluate(model, CustomCrossEntropyLoss(), moved(validation[0][:2000], by), validation[1][:2000])[1]
            for by in range(7)
        ]
    return history


def moved(images, by):
    """Moves digits to the right and fills with background."""
    return torch.nn.functional.pad(images, (by, 0))[..., : images.shape[-1]]


STACKS = {"one layer": ((784, 10), False), "three layers": ((784, 256, 256, 10), False),
          "three layers and ReLU": ((784, 256, 256, 10), True)}  # fmt: skip


def stack_linear(name, seed):
    """Trains fully-connected layers on all training digits; without a ReLU, folds them into one and compares."""
    training, validation, _ = digits()
    sizes, activation = STACKS[name]
    model = perceptron(seed, *sizes, activation=activation)
    history = train(model, training, validation, seed, 5, batch_size=128)
    if name == "three layers":
        layers = [layer.double() for layer in model if isinstance(layer, CustomLinear)]
        weight, bias = torch.eye(784, dtype=torch.float64), torch.zeros(784, dtype=torch.float64)
        for layer in layers:
            weight, bias = layer.weight @ weight, layer.weight @ bias + layer.bias
        x = to_input(validation[0]).flatten(1).double()
        with torch.no_grad():
            history["folded"] = (model(x) - (x @ weight.T + bias)).abs().max().item()
            history["largest"] = model(x).abs().max().item()
    return history


REMEDIES = {
    "none": {},
    "dropout": {"dropout": 0.5},
    "weight decay": {"weight_decay": 1.0},
    "augmentation": {"shift": SHIFT},
    "more data": {"size": 10 * FEW},
}


def overfit(name, seed):
    """Trains a perceptron on few digits, with one remedy at a time, and measures it on the validation digits."""
    (images, labels), validation, _ = digits()
    options = dict(REMEDIES[name])
    size, dropout = options.pop("size", FEW), options.pop("dropout", 0.0)
    model = perceptron(seed, 784, 512, 512, 10, dropout=dropout)
    epochs = LONG * FEW // size  # as many steps for more data
    return train(model, (images[:size], labels[:size]), validation, seed, epochs, **options)


def shifts():
    """How far pooled features of raw digits move when the digit does, relative to their size: by pixels moved."""
    images = digits()[1][0][:2000]
    features = {
        "no pooling": nn.Identity(),
        "max 2x2": CustomMaxPool2D(2), "average 2x2": AveragePool2D(2),
        "max 4x4": CustomMaxPool2D(4), "average 4x4": AveragePool2D(4),
    }  # fmt: skip
    found = {}
    for name, pool in features.items():
        still = pool(images.unsqueeze(1) / 255)
        size = still.flatten(1).norm(dim=1)
        found[name] = [
            ((pool(moved(images, by).unsqueeze(1) / 255) - still).flatten(1).norm(dim=1) / size).mean().item()
            for by in range(5)
        ]
    return found


def pooled_by_hand():
    """The handout's 4x4 figure through the layers: values, and the gradient of their sum."""
    x = torch.tensor([[4.0, 9, 2, 5], [5, 6, 2, 4], [2, 4, 5, 4], [5, 6, 8, 4]])[None, None]
    found = {"x": x[0, 0].tolist()}
    for name, pool in {"max": CustomMaxPool2D(2), "average": AveragePool2D(2)}.items():
        leaf = x.clone().requires_grad_()
        y = pool(leaf)
        y.sum().backward()
        found |= {name: y[0, 0].tolist(), f"{name} gradient": leaf.grad[0, 0].tolist()}
    return found


def loss_gradients():
    """The gradient with respect to the target's logit, by its lead over nine equal others."""
    found = {"lead": [], "entropy": [], "squared": []}
    for step in range(-40, 41):
        lead = step / 2
        for name, criterion in {"entropy": CustomCrossEntropyLoss(), "squared": SquaredError()}.items():
            logits = torch.zeros(1, 10, dtype=torch.float64)
            logits[0, 0] = lead
            logits.requires_grad_()
            criterion(logits, torch.tensor([0])).backward()
            found[name].append(abs(logits.grad[0, 0].item()))
        found["lead"].append(lead)
    return found


def stability():
    """The largest error against float64 of log(softmax(z)) written out and of CustomCrossEntropyLoss, by size of z."""
    torch.manual_seed(0)
    base, targets = torch.rand(1000, 10, dtype=torch.float64) * 2 - 1, torch.arange(1000) % 10
    found = {"size": [2**k for k in range(-2, 15)]}
    for dtype in (torch.float32, torch.float16):
        name = str(dtype).removeprefix("torch.")
        found[name] = {"naive": [], "shifted": [], "failed": []}
        for size in found["size"]:
            logits = (base * size).to(dtype)
            exact = torch.nn.functional.cross_entropy(logits.double(), targets, reduction="none")
            probabilities = logits.exp() / logits.exp().sum(1, keepdim=True)
            naive = -probabilities.log().gather(1, targets.unsqueeze(1)).squeeze(1)
            ours = CustomCrossEntropyLoss(reduction="none")(logits, targets)
            finite = naive.isfinite()
            errors = (naive.double() - exact).abs()
            found[name]["naive"].append(errors[finite].max().item() if finite.any() else None)
            found[name]["shifted"].append((ours.double() - exact).abs().max().item())
            found[name]["failed"].append((~finite).double().mean().item())
    return found


def thresholds():
    """The largest argument for which exp is finite and the smallest for which it is not 0, by bisection."""
    found = {}
    for dtype in (torch.float32, torch.float16):
        info, name = torch.finfo(dtype), str(dtype).removeprefix("torch.")
        found[name] = {
            "overflow": bisect(lambda z, dtype=dtype: torch.tensor(z, dtype=dtype).exp().isfinite(), 0.0, 200.0),
            "underflow": bisect(lambda z, dtype=dtype: torch.tensor(z, dtype=dtype).exp() > 0, 0.0, -200.0),
            "max": info.max, "log max": math.log(info.max), "smallest": info.smallest_normal * info.eps,
        }  # fmt: skip
    return found


def bisect(holds, inside, outside):
    """Returns the last number, seen from inside, for which a condition holds."""
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return inside


def tasks():
    """Yields every experiment as (name in the data, function, arguments), the longest first."""
    yield from ((f"networks/{name}/{seed}", compare_networks, (name, seed)) for seed in SEEDS for name in NETWORKS)
    yield from ((f"stacks/{name}/{seed}", stack_linear, (name, seed)) for seed in SEEDS for name in STACKS)
    yield from ((f"overfitting/{name}/{seed}", overfit, (name, seed)) for seed in SEEDS for name in REMEDIES)
    for function in (shifts, pooled_by_hand, loss_gradients, stability, thresholds):
        yield function.__name__, function, ()


def start():
    """Prepares a process for experiments. Ctrl-C is for its parent, which ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)


def run(task):
    name, function, arguments = task
    return name, function(*arguments)
