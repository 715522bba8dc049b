"""Makes answers.pdf: runs the experiments, draws the figures, typesets the text with the measured numbers.

    python -m answers.build                     all of it, in under ten minutes on 2 cores
    python -m answers.build --no-experiments    from the stored data

The numbers are in answers/data.json; answers.typ and the figures read them there, and nowhere else.
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
DATA, SOURCE, FIGURES, PDF = HERE / "data.json", HERE / "answers.typ", HERE / "figures", HERE.parent / "answers.pdf"
# Okabe and Ito's colours, which all kinds of colour vision tell apart; with each, a line and a marker for grey print
BLACK, BLUE, ORANGE, GREEN, PURPLE = (
    {"color": color, "linestyle": line, "marker": marker, "markersize": 3.5, "linewidth": 1.4}
    for color, line, marker in (("#000000", "-", "o"), ("#0072B2", "--", "s"), ("#D55E00", "-.", "^"),
                                ("#009E73", ":", "D"), ("#CC79A7", (0, (5, 1)), "v"))
)  # fmt: skip
STYLE = {"font.size": 8, "axes.grid": True, "grid.alpha": 0.3, "axes.axisbelow": True, "svg.hashsalt": "answers"}


def measure():
    """Runs every experiment, in as many processes as there are cores, and returns the data."""
    import torch

    from answers.experiments import EPOCHS, FEW, LONG, SEEDS, SOME, run, start, tasks

    data = {
        "python": platform.python_version(), "torch": torch.__version__.partition("+")[0],
        "seeds": len(SEEDS), "some": SOME, "epochs": EPOCHS, "few": FEW, "long": LONG,
    }  # fmt: skip
    todo, found = list(tasks()), {}
    with (
        Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar,
        # Spawned, since a fork of a process that has used threads can hang.
        get_context("spawn").Pool(os.cpu_count(), start) as pool,
    ):
        task = bar.add_task("Experiments", total=len(todo))
        for name, result in pool.imap_unordered(run, todo):
            found[name] = result
            bar.advance(task)
    for name, *_ in todo:
        place, (*path, last) = data, name.split("/")
        for step in path:
            place = place.setdefault(step, {})
        place[last] = found[name]
    return data


def curve(runs, name):
    """The mean over seeds, epoch by epoch."""
    return [mean(values) for values in zip(*(run[name] for run in runs.values()))]


def panels():
    figure = Figure(figsize=(6.3, 2.2), layout="constrained")
    return figure, *figure.subplots(1, 2)


def activation(data):
    figure, left, right = panels()
    for (name, runs), style in zip(data["stacks"].items(), (BLACK, BLUE, ORANGE)):
        values = [100 * value for value in curve(runs, "validation_accuracy")]
        left.plot(range(1, len(values) + 1), values, **style, label=name)
    left.set(title="fully-connected layers", xlabel="epoch", ylabel="validation accuracy (%)", ylim=(89, 99))
    left.legend(loc="center right")
    for name, label, style in (("plain", "with ReLU", ORANGE), ("linear", "without ReLU", BLUE)):
        values = [100 * value for value in curve(data["networks"][name], "validation_accuracy")]
        right.plot(range(1, len(values) + 1), values, **style, label=label)
    right.set(title="SimpleCNN", xlabel="epoch", xticks=range(1, data["epochs"] + 1))
    right.legend(loc="lower right")
    return figure


def pooling(data):
    figure, left, right = panels()
    for (name, values), style in zip(data["shifts"].items(), (BLACK, ORANGE, BLUE, ORANGE, BLUE)):
        style = style | ({"markerfacecolor": "white"} if "4x4" in name else {})
        left.plot(values, **style, label=name)
    left.set(title="pooled digits", xlabel="shift (pixels)", ylabel="relative change", xticks=range(5), ylim=(0, 2))
    for name, label, style in (("plain", "max pooling", ORANGE), ("average", "average pooling", BLUE)):
        right.plot([100 * value for value in curve(data["networks"][name], "shifted")], **style, label=label)
    right.set(title="SimpleCNN", xlabel="shift (pixels)", ylabel="accuracy (%)")
    left.legend(fontsize=6.5, loc="upper left", ncols=2)
    right.legend(loc="lower left")
    return figure


def losses(data):
    figure, left, right = panels()
    found = data["loss_gradients"]
    for name, label, style in (("entropy", "cross-entropy", ORANGE), ("squared", "squared error", BLUE)):
        left.semilogy(found["lead"], found[name], **style | {"marker": ""}, label=label)
    left.set(title="gradient at the target's logit", xlabel="its lead over nine others", ylabel="size", ylim=(1e-10, 3))
    for name, label, style in (("plain", "cross-entropy", ORANGE), ("squared", "squared error", BLUE)):
        values = [100 * value for value in curve(data["networks"][name], "validation_accuracy")]
        right.plot(range(1, len(values) + 1), values, **style, label=f"trained with {label}")
    right.set(
        title="SimpleCNN",
        xlabel="epoch",
        ylabel="validation accuracy (%)",
        xticks=range(1, data["epochs"] + 1),
        ylim=(90, 99),
    )
    left.legend(loc="lower center")
    right.legend(loc="upper left")
    return figure


def stability(data):
    figure, *axes = panels()
    found = data["stability"]
    for axis, name, least in zip(axes, ("float32", "float16"), (1e-7, 3e-4)):
        for kind, label, style in (("naive", "log(softmax(z))", BLUE), ("shifted", "CustomCrossEntropyLoss", ORANGE)):
            shown = [kind == "shifted" or failed < 0.5 for failed in found[name]["failed"]]
            values = [value if shown else float("nan") for value, shown in zip(found[name][kind], shown)]
            axis.loglog(found["size"], values, **style, label=label, base=10)
        axis.axvline(data["thresholds"][name]["overflow"], color="0.4", linewidth=0.8)
        axis.text(data["thresholds"][name]["overflow"], 0.93, " exp overflows", fontsize=6.5, color="0.3",
                  transform=axis.get_xaxis_transform())  # fmt: skip
        axis.set(title=name, xlabel="largest logit", ylabel="largest error" if name == "float32" else "")
        axis.set_ylim(bottom=least)
    axes[1].legend(fontsize=7, loc="upper left", framealpha=1)
    return figure


def overfitting(data):
    figure, left, right = panels()
    styles = dict(zip(data["overfitting"], (BLACK, BLUE, ORANGE, GREEN, PURPLE)))
    steps = range(1, data["long"] + 1)
    none = data["overfitting"]["none"]
    for name, label, style in (("train_loss", "training", BLUE), ("validation_loss", "validation", BLACK)):
        left.plot(steps, curve(none, name), **style, markevery=6, label=label)
    left.set(title=f"{data['few']:,} digits, no remedy", xlabel="epoch", ylabel="cross-entropy")
    for name, style in styles.items():
        values = curve(data["overfitting"][name], "validation_loss")
        scale = data["long"] / len(values)
        right.plot([scale * (i + 1) for i in range(len(values))], values, **style,
                   markevery=max(1, len(values) // 10), label=name)  # fmt: skip
    batches = math.ceil(data["few"] / 64)  # of 64 digits
    xlabel = f"epochs of {data['few']:,} digits ({batches} steps each)"
    right.set(title="one remedy at a time: validation", xlabel=xlabel)
    left.legend()
    right.legend(fontsize=6.5, ncols=2)
    return figure


def draw(data):
    """Writes the figures, the same bytes for the same data."""
    FIGURES.mkdir(exist_ok=True)
    with matplotlib.rc_context(STYLE):
        for function in (activation, pooling, losses, stability, overfitting):
            function(data).savefig(FIGURES / f"{function.__name__}.svg", metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-experiments", action="store_true", help="typeset from the stored data")
    parser.add_argument("--out", type=Path, default=PDF, metavar="FILE", help="the PDF to write (answers.pdf)")
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
