"""Times ``--watch``, from saving a file to the verdict, against fresh runs of the same command.

    python -m bench.watch --runs 15

A fresh run and a save take turns, so that a machine that slows down slows both; the figures are
medians, and what counts is the ratio. The file is right and wrong in turns, and no turn begins
before the next worker has imported torch: it would take a core from either.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.progress import track

from staff.command import positive, run_tool
from staff.misconceptions import MISCONCEPTIONS, plain, submission

AUTOGRADER = str(Path(__file__).parent.parent / "autograder.py")
COMMAND = [sys.executable, AUTOGRADER, "--layers", "layers.py", "-q", "q2"]
MISTAKE = "conv-stride-ignored"
LIMIT = 60  # seconds in which a worker must be ready
VERDICT = "Question q2: "


class Watched:
    """The command, watching layers.py in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        places = dict.fromkeys(["TMPDIR", "TEMP", "TMP"], str(self.temporary))
        self.process = subprocess.Popen(
            [*COMMAND, "--watch"],
            cwd=folder,
            env=os.environ | places,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.read_until("Watching ")

    def read_until(self, begin):
        for line in self.process.stdout:
            if line.startswith(begin):
                return
        sys.exit(f"the command ended with status {self.process.wait()}")

    def be_ready(self):
        """Returns once the next worker waits, alone."""
        end = time.monotonic() + LIMIT
        while not self.is_ready():
            if time.monotonic() > end:
                sys.exit(f"no worker was ready within {LIMIT} s")
            time.sleep(0.01)

    def is_ready(self):
        folders = list(self.temporary.iterdir())
        return len(folders) == 1 and (folders[0] / "ready").exists()

    def seconds_from_saving(self, text):
        """Saves a text as most editors do, and returns how long its verdict takes."""
        part = self.folder / "layers.py.part"
        part.write_text(text, encoding="utf-8")
        start = time.perf_counter()
        part.replace(self.folder / "layers.py")
        self.read_until(VERDICT)
        return time.perf_counter() - start


def seconds_of_a_fresh_run(folder):
    start = time.perf_counter()
    done = subprocess.run(COMMAND, cwd=folder, stdout=subprocess.DEVNULL)
    if done.returncode not in (0, 1):
        sys.exit(f"the command ended with status {done.returncode}")
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=positive, default=15, help="of either (%(default)s)")
    options = parser.parse_args()
    wrong = submission(next(m for m in MISCONCEPTIONS if m.name == MISTAKE))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "layers.py").write_text(wrong, encoding="utf-8")
        watched = Watched(Path(folder))
        try:
            seconds = measure(watched, [plain(), wrong], options.runs)
        finally:
            watched.process.kill()
            watched.process.wait()
    version = platform.python_version()
    print(f"Python {version}, {platform.machine()}, medians of {options.runs} runs")
    fresh = statistics.median(seconds["-q q2"])
    for name, times in seconds.items():
        median = statistics.median(times)
        spread = f"{min(times):.2f} to {max(times):.2f}"
        print(f"{name:14}{median:7.2f} s  {median / fresh:6.2f}x  ({spread})")


def measure(watched, texts, runs):
    """Returns the seconds of fresh runs, and from saving the file to its verdict."""
    seconds = {"-q q2": [], "-q q2 --watch": []}
    watched.be_ready()
    seconds_of_a_fresh_run(watched.folder)  # warms the disk's cache
    for i in track(range(runs), "Runs"):
        seconds["-q q2"].append(seconds_of_a_fresh_run(watched.folder))
        seconds["-q q2 --watch"].append(watched.seconds_from_saving(texts[i % len(texts)]))
        watched.be_ready()
    return seconds


if __name__ == "__main__":
    run_tool("bench.watch", main)
