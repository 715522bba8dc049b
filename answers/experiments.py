"""Measures what answers.pdf says: each experiment returns plain numbers, for answers/data.json.

Every experiment runs in one thread and draws its random numbers from its own seed, so that a
second run on the same machine gives the same numbers.
"""

import itertools
import math
import signal
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

from layers import CustomCrossEntropyLoss, CustomLinear, CustomMaxPool2D
from train import SHIFT, VALIDATION, SimpleCNN, evaluate, load_mnist, to_input

ROOT = Path(__file__).parent.parent
SEEDS = (0, 1, 2)
SOME = 5_000  # training digits of the runs that compare networks
EPOCHS = 4  # of those runs
FEW = 1_000  # training digits of the runs that overfit
LONG = 60  # epochs of those runs


class AveragePool2D(nn.Module):
    """Means over windows that do not overlap: what CustomMaxPool2D does with maxima."""

    def __init__(self, kernel_size):
        super().__init__()
        self.kernel_size = kernel_size

    def forward(self, x):
        n, c, height, width = x.shape
        k = self.kernel_size
        rows = height // k
        columns = width // k
        covered = x[..., : rows * k, : columns * k]
        return covered.reshape(n, c, rows, k, columns, k).mean((3, 5))


class SquaredError(nn.Module):
    """The mean over a batch of Σ_c (softmax(z)_c - [c = t])²."""

    def forward(self, logits, targets):
        wanted = torch.zeros_like(logits).scatter_(1, targets.unsqueeze(1), 1.0)
        errors = logits.softmax(1) - wanted
        return errors.square().sum(1).mean()


def digits():
    """Returns (images, labels): the training digits, 5,000 validation digits, the test digits."""
    (images, labels), test = load_mnist(ROOT / "data")
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    held = order[:VALIDATION]
    kept = order[VALIDATION:]
    return (images[kept], labels[kept]), (images[held], labels[held]), test


def train(
    model,
    training,
    validation,
    seed,
    epochs,
    criterion=None,
    shift=0,
    weight_decay=0.0,
    batch_size=64,
):
    """Trains with Adam, and returns losses and accuracies by epoch; losses are cross-entropies."""
    torch.manual_seed(seed)
    images, labels = training
    entropy = CustomCrossEntropyLoss()
    criterion = criterion or entropy
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=weight_decay)
    history = {
        "train_loss": [],
        "train_accuracy": [],
        "validation_loss": [],
        "validation_accuracy": [],
    }
    for _ in range(epochs):
        model.train()
        loss = 0.0
        correct = 0
        for batch in torch.randperm(len(images)).split(batch_size):
            logits = model(to_input(images[batch], shift))
            optimizer.zero_grad()
            criterion(logits, labels[batch]).backward()
            optimizer.step()
            loss += entropy(logits.detach(), labels[batch]).item() * len(batch)
            correct += (logits.argmax(1) == labels[batch]).sum().item()
        history["train_loss"].append(loss / len(images))
        history["train_accuracy"].append(correct / len(images))
        loss, accuracy, _ = evaluate(model, entropy, *validation)
        history["validation_loss"].append(loss)
        history["validation_accuracy"].append(accuracy)
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
    between = nn.ReLU if activation else nn.Identity
    for in_features, out_features in itertools.pairwise(sizes):
        layers += [CustomLinear(in_features, out_features), between(), nn.Dropout(dropout)]
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
        history["shifted"] = [accuracy_of_moved(model, validation, by) for by in range(7)]
    return history


def accuracy_of_moved(model, validation, by):
    """The accuracy on 2,000 digits that are moved by some pixels."""
    images, labels = validation
    shifted = moved(images[:2000], by)
    return evaluate(model, CustomCrossEntropyLoss(), shifted, labels[:2000])[1]


def moved(images, by):
    """Moves digits to the right and fills with background."""
    return F.pad(images, (by, 0))[..., : images.shape[-1]]


STACKS = {  # sizes, and whether there is a ReLU between the layers
    "one layer": ((784, 10), False),
    "three layers": ((784, 256, 256, 10), False),
    "three layers and ReLU": ((784, 256, 256, 10), True),
}


def stack_linear(name, seed):
    """Trains fully-connected layers on all training digits; folds three linear ones into one."""
    training, validation, _ = digits()
    sizes, activation = STACKS[name]
    model = perceptron(seed, *sizes, activation=activation)
    history = train(model, training, validation, seed, 5, batch_size=128)
    if name == "three layers":
        history |= compare_folded(model, validation[0])
    return history


@torch.no_grad()
def compare_folded(model, images):
    """Folds a model's linear layers into one, and measures how far its outputs are from theirs."""
    layers = [layer.double() for layer in model if isinstance(layer, CustomLinear)]
    weight = torch.eye(784, dtype=torch.float64)
    bias = torch.zeros(784, dtype=torch.float64)
    for layer in layers:
        weight = layer.weight @ weight
        bias = layer.weight @ bias + layer.bias
    x = to_input(images).flatten(1).double()
    y = model(x)
    folded = x @ weight.T + bias
    return {"folded": (y - folded).abs().max().item(), "largest": y.abs().max().item()}


REMEDIES = {
    "none": {},
    "dropout": {"dropout": 0.5},
    "weight decay": {"weight_decay": 1.0},
    "augmentation": {"shift": SHIFT},
    "more data": {"size": 10 * FEW},
}


def overfit(name, seed):
    """Trains a perceptron on few digits, with one remedy at a time."""
    (images, labels), validation, _ = digits()
    options = dict(REMEDIES[name])
    size = options.pop("size", FEW)
    dropout = options.pop("dropout", 0.0)
    model = perceptron(seed, 784, 512, 512, 10, dropout=dropout)
    epochs = LONG * FEW // size  # as many steps for more data
    return train(model, (images[:size], labels[:size]), validation, seed, epochs, **options)


def shifts():
    """How far pooled features of raw digits move when the digits do, relative to their size."""
    images = digits()[1][0][:2000]
    pools = {
        "no pooling": nn.Identity(),
        "max 2x2": CustomMaxPool2D(2),
        "average 2x2": AveragePool2D(2),
        "max 4x4": CustomMaxPool2D(4),
        "average 4x4": AveragePool2D(4),
    }
    return {name: [change(pool, images, by) for by in range(5)] for name, pool in pools.items()}


def change(pool, images, by):
    """The mean of |pool(moved) - pool(still)| / |pool(still)| over digits moved by some pixels."""
    still = pool(images.unsqueeze(1) / 255)
    shifted = pool(moved(images, by).unsqueeze(1) / 255)
    distance = (shifted - still).flatten(1).norm(dim=1)
    return (distance / still.flatten(1).norm(dim=1)).mean().item()


def pooled_by_hand():
    """The handout's 4x4 figure through the layers: values, and the gradient of their sum."""
    x = torch.tensor([[4.0, 9, 2, 5], [5, 6, 2, 4], [2, 4, 5, 4], [5, 6, 8, 4]])[None, None]
    found = {"x": x[0, 0].tolist()}
    for name, pool in {"max": CustomMaxPool2D(2), "average": AveragePool2D(2)}.items():
        leaf = x.clone().requires_grad_()
        y = pool(leaf)
        y.sum().backward()
        found[name] = y[0, 0].tolist()
        found[f"{name} gradient"] = leaf.grad[0, 0].tolist()
    return found


def loss_gradients():
    """The gradient with respect to the target's logit, by its lead over nine equal others."""
    leads = [step / 2 for step in range(-40, 41)]
    return {
        "lead": leads,
        "entropy": [targets_gradient(CustomCrossEntropyLoss(), lead) for lead in leads],
        "squared": [targets_gradient(SquaredError(), lead) for lead in leads],
    }


def targets_gradient(criterion, lead):
    logits = torch.zeros(1, 10, dtype=torch.float64)
    logits[0, 0] = lead
    logits.requires_grad_()
    criterion(logits, torch.tensor([0])).backward()
    return abs(logits.grad[0, 0].item())


def stability():
    """The largest errors, against float64, of log(softmax(z)) written out and of our loss."""
    torch.manual_seed(0)
    base = torch.rand(1000, 10, dtype=torch.float64) * 2 - 1
    targets = torch.arange(1000) % 10
    found = {"size": [2**k for k in range(-2, 15)]}
    for dtype in (torch.float32, torch.float16):
        rows = [loss_errors((base * size).to(dtype), targets) for size in found["size"]]
        found[short_name(dtype)] = {
            "naive": [naive for naive, _, _ in rows],
            "shifted": [shifted for _, shifted, _ in rows],
            "failed": [failed for _, _, failed in rows],
        }
    return found


def loss_errors(logits, targets):
    """Returns the largest error of the naive loss, that of ours, and how often the naive fails."""
    exact = F.cross_entropy(logits.double(), targets, reduction="none")
    powers = logits.exp()
    probabilities = powers / powers.sum(1, keepdim=True)
    naive = -probabilities.log().gather(1, targets.unsqueeze(1)).squeeze(1)
    finite = naive.isfinite()
    naive_errors = (naive.double() - exact).abs()[finite]
    largest = naive_errors.max().item() if len(naive_errors) else None
    ours = CustomCrossEntropyLoss(reduction="none")(logits, targets)
    ours_largest = (ours.double() - exact).abs().max().item()
    return largest, ours_largest, (~finite).double().mean().item()


def short_name(dtype):
    return str(dtype).removeprefix("torch.")


def thresholds():
    """The largest argument whose exp is finite, and the smallest whose exp is not 0."""
    dtypes = (torch.float32, torch.float16)
    return {short_name(dtype): thresholds_of(dtype) for dtype in dtypes}


def thresholds_of(dtype):
    def power(z):
        return torch.tensor(z, dtype=dtype).exp()

    info = torch.finfo(dtype)
    return {
        "overflow": bisect(lambda z: power(z).isfinite(), 0.0, 200.0),
        "underflow": bisect(lambda z: power(z) > 0, 0.0, -200.0),
        "max": info.max,
        "log max": math.log(info.max),
        "smallest": info.smallest_normal * info.eps,
    }


def bisect(holds, inside, outside):
    """Returns the last number, seen from inside, for which a condition holds."""
    for _ in range(60):
        middle = (inside + outside) / 2
        if holds(middle):
            inside = middle
        else:
            outside = middle
    return inside


def tasks():
    """Yields every experiment as (name in the data, function, arguments), the longest first."""
    trainings = (
        ("networks", NETWORKS, compare_networks),
        ("stacks", STACKS, stack_linear),
        ("overfitting", REMEDIES, overfit),
    )
    for group, names, function in trainings:
        for seed in SEEDS:
            for name in names:
                yield f"{group}/{name}/{seed}", function, (name, seed)
    for function in (shifts, pooled_by_hand, loss_gradients, stability, thresholds):
        yield function.__name__, function, ()


def start():
    """Prepares a process for experiments. Ctrl-C is for its parent, which ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)


def run(task):
    name, function, arguments = task
    return name, function(*arguments)
