"""Makes answers.pdf: runs the experiments, draws the figures, typesets text and numbers.

    python -m answers.build                     all of it, in under ten minutes on 2 cores
    python -m answers.build --no-experiments    from the stored data

The numbers are in answers/data.json; answers.typ and the figures read them there, and nowhere
else.
"""

import argparse
import json
import math
import os
import platform
import sys
from multiprocessing import get_context
from pathlib import Path
from statistics import mean

import matplotlib
import typst
from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import Progress

HERE = Path(__file__).parent
DATA = HERE / "data.json"
SOURCE = HERE / "answers.typ"
FIGURES = HERE / "figures"
PDF = HERE.parent / "answers.pdf"
STYLE = {
    "font.size": 8,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.axisbelow": True,
    "svg.hashsalt": "answers",
}


def curve_style(color, line, marker):
    return {
        "color": color,
        "linestyle": line,
        "marker": marker,
        "markersize": 3.5,
        "linewidth": 1.4,
    }


# Okabe and Ito's colours, which all kinds of colour vision tell apart; with each, a line and a
# marker for grey print.
BLACK = curve_style("#000000", "-", "o")
BLUE = curve_style("#0072B2", "--", "s")
ORANGE = curve_style("#D55E00", "-.", "^")
GREEN = curve_style("#009E73", ":", "D")
PURPLE = curve_style("#CC79A7", (0, (5, 1)), "v")


def measure():
    """Runs every experiment, in as many processes as there are cores, and returns the data."""
    import torch

    from answers import experiments

    data = {
        "python": platform.python_version(),
        "torch": torch.__version__.partition("+")[0],
        "seeds": len(experiments.SEEDS),
        "some": experiments.SOME,
        "epochs": experiments.EPOCHS,
        "few": experiments.FEW,
        "long": experiments.LONG,
    }
    tasks = list(experiments.tasks())
    found = {}
    with (
        Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar,
        # Spawned, since a fork of a process that has used threads can hang.
        get_context("spawn").Pool(os.cpu_count(), experiments.start) as pool,
    ):
        shown = bar.add_task("Experiments", total=len(tasks))
        for name, result in pool.imap_unordered(experiments.run, tasks):
            found[name] = result
            bar.advance(shown)
    for name, *_ in tasks:
        put(data, name.split("/"), found[name])
    return data


def put(data, path, value):
    """Puts a value into nested dictionaries, which are made where they are missing."""
    *outer, last = path
    for name in outer:
        data = data.setdefault(name, {})
    data[last] = value


def curve(runs, name):
    """The mean over seeds, epoch by epoch."""
    return [mean(values) for values in zip(*(run[name] for run in runs.values()))]


def percent(values):
    return [100 * value for value in values]


def epochs(values):
    """The numbers of the epochs that the values stand for, from 1."""
    return range(1, len(values) + 1)


def panels():
    figure = Figure(figsize=(6.3, 2.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    return figure, left, right


def activation(data):
    figure, left, right = panels()
    for (name, runs), style in zip(data["stacks"].items(), (BLACK, BLUE, ORANGE)):
        values = percent(curve(runs, "validation_accuracy"))
        left.plot(epochs(values), values, **style, label=name)
    left.set(title="fully-connected layers", ylim=(89, 99))
    left.set(xlabel="epoch", ylabel="validation accuracy (%)")
    left.legend(loc="center right")

    networks = data["networks"]
    for name, label, style in (
        ("plain", "with ReLU", ORANGE),
        ("linear", "without ReLU", BLUE),
    ):
        values = percent(curve(networks[name], "validation_accuracy"))
        right.plot(epochs(values), values, **style, label=label)
    right.set(title="SimpleCNN", xlabel="epoch", xticks=range(1, data["epochs"] + 1))
    right.legend(loc="lower right")
    return figure


def pooling(data):
    figure, left, right = panels()
    styles = {
        "no pooling": BLACK,
        "max 2x2": ORANGE,
        "average 2x2": BLUE,
        "max 4x4": ORANGE | {"markerfacecolor": "white"},
        "average 4x4": BLUE | {"markerfacecolor": "white"},
    }
    for name, values in data["shifts"].items():
        left.plot(values, **styles[name], label=name)
    left.set(title="pooled digits", xticks=range(5), ylim=(0, 2))
    left.set(xlabel="shift (pixels)", ylabel="relative change")
    left.legend(fontsize=6.5, loc="upper left", ncols=2)

    for name, label, style in (
        ("plain", "max pooling", ORANGE),
        ("average", "average pooling", BLUE),
    ):
        values = percent(curve(data["networks"][name], "shifted"))
        right.plot(values, **style, label=label)
    right.set(title="SimpleCNN", xlabel="shift (pixels)", ylabel="accuracy (%)")
    right.legend(loc="lower left")
    return figure


def losses(data):
    figure, left, right = panels()
    kinds = (
        ("entropy", "plain", "cross-entropy", ORANGE),
        ("squared", "squared", "squared error", BLUE),
    )
    gradients = data["loss_gradients"]
    for loss, network, label, style in kinds:
        line = style | {"marker": ""}
        left.semilogy(gradients["lead"], gradients[loss], **line, label=label)
        values = percent(curve(data["networks"][network], "validation_accuracy"))
        right.plot(epochs(values), values, **style, label=f"trained with {label}")
    left.set(title="gradient at the target's logit", ylim=(1e-10, 3))
    left.set(xlabel="its lead over nine others", ylabel="size")
    left.legend(loc="lower center")
    right.set(title="SimpleCNN", xticks=range(1, data["epochs"] + 1), ylim=(90, 99))
    right.set(xlabel="epoch", ylabel="validation accuracy (%)")
    right.legend(loc="upper left")
    return figure


def stability(data):
    figure, left, right = panels()
    left.set(ylabel="largest error")
    for axes, name, least in ((left, "float32", 1e-7), (right, "float16", 3e-4)):
        sizes = data["stability"]["size"]
        found = data["stability"][name]
        naive = without_failures(found["naive"], found["failed"])
        axes.loglog(sizes, naive, **BLUE, label="log(softmax(z))", base=10)
        ours = found["shifted"]
        axes.loglog(sizes, ours, **ORANGE, label="CustomCrossEntropyLoss", base=10)
        mark_overflow(axes, data["thresholds"][name]["overflow"])
        axes.set(title=name, xlabel="largest logit")
        axes.set_ylim(bottom=least)
    right.legend(fontsize=7, loc="upper left", framealpha=1)
    return figure


def without_failures(errors, failed):
    """The errors, with a gap where half of the losses or more were not finite."""
    return [error if share < 0.5 else math.nan for error, share in zip(errors, failed)]


def mark_overflow(axes, size):
    axes.axvline(size, color="0.4", linewidth=0.8)
    place = {"fontsize": 6.5, "color": "0.3", "transform": axes.get_xaxis_transform()}
    axes.text(size, 0.93, " exp overflows", **place)


def overfitting(data):
    figure, left, right = panels()
    remedies = data["overfitting"]
    for name, label, style in (
        ("train_loss", "training", BLUE),
        ("validation_loss", "validation", BLACK),
    ):
        values = curve(remedies["none"], name)
        left.plot(epochs(values), values, **style, markevery=6, label=label)
    left.set(title=f"{data['few']:,} digits, no remedy")
    left.set(xlabel="epoch", ylabel="cross-entropy")
    left.legend()

    for name, style in zip(remedies, (BLACK, BLUE, ORANGE, GREEN, PURPLE)):
        values = curve(remedies[name], "validation_loss")
        scale = data["long"] / len(values)
        places = [scale * epoch for epoch in epochs(values)]
        every = max(1, len(values) // 10)
        right.plot(places, values, **style, markevery=every, label=name)
    batches = math.ceil(data["few"] / 64)  # of 64 digits
    right.set(title="one remedy at a time: validation")
    right.set(xlabel=f"epochs of {data['few']:,} digits ({batches} steps each)")
    right.legend(fontsize=6.5, ncols=2)
    return figure


def draw(data):
    """Writes the figures, the same bytes for the same data."""
    FIGURES.mkdir(exist_ok=True)
    with matplotlib.rc_context(STYLE):
        for function in (activation, pooling, losses, stability, overfitting):
            path = FIGURES / f"{function.__name__}.svg"
            function(data).savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    stored_help = "typeset from the stored data"
    add("--no-experiments", action="store_true", help=stored_help)
    out_help = "the PDF to write (answers.pdf)"
    add("--out", type=Path, default=PDF, metavar="FILE", help=out_help)
    options = parser.parse_args()
    try:
        if not options.no_experiments:
            DATA.write_text(json.dumps(measure(), indent=1) + "\n")
        draw(json.loads(DATA.read_text()))
        options.out.write_bytes(typst.compile(SOURCE))
    except (OSError, ValueError, typst.TypstError) as error:
        sys.exit(f"answers.build: {error}")
    except KeyboardInterrupt:
        print("interrupted; the stored data are as they were", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
