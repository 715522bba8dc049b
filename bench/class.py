"""Times a class: grade_class with all walls up, against one autograder.py for each submission.

    python -m bench.class --size 200

The submissions are right layers and those with one or two mistakes of the catalogue, no two alike;
none hangs, since what hangs takes its time limit by either way. Both ways run in turn on the same
machine, as many at once as there are processors, autograder.py on a sample. Memory is the sum over
all processes at its highest; what they share counts once.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from bench.grader import memory_of
from staff import misconceptions
from staff.command import positive, run_tool
from staff.grade_class import processors

ROOT = Path(__file__).parent.parent
LOOK = 0.5  # seconds between two looks at the memory


def submissions(size):
    """So many sources, a tenth of them right."""
    draw = random.Random(0)
    made = []
    while len(made) < size:
        source = misconceptions.plain()
        if len(made) % 10:
            try:
                mistakes = draw.sample(misconceptions.MISCONCEPTIONS, draw.choice([1, 2]))
                source = misconceptions.submission(*mistakes)
            except ValueError:  # both change the same line
                continue
        made.append(f"{source}\n# Submission {len(made)}\n")
    return made


def write(folder, sources):
    for i, source in enumerate(sources):
        (folder / f"A3_{i:05}").mkdir(parents=True)
        (folder / f"A3_{i:05}" / "layers.py").write_text(source, encoding="utf-8")


def time_class(folder, out):
    """Returns the seconds that the command takes, and the most bytes of its processes."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "staff.grade_class", str(folder), "--out", str(out)]
    process = psutil.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    ended = threading.Event()
    most = [0]

    def watch():
        while not ended.wait(LOOK):
            most[0] = max(most[0], memory_of(process))

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = process.wait()
    seconds = time.perf_counter() - start
    ended.set()
    watcher.join()
    if status:
        sys.exit(f"grade_class ended with status {status}")
    return seconds, most[0]


def time_each(folder):
    """Returns the seconds that one autograder.py for each submission takes."""

    def grade(path):
        command = [sys.executable, ROOT / "autograder.py", "--layers", path / "layers.py"]
        status = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
        if status not in (0, 1):
            sys.exit(f"autograder.py ended with status {status}")

    start = time.perf_counter()
    with ThreadPoolExecutor(processors()) as pool:
        list(pool.map(grade, sorted(folder.iterdir())))
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=positive, default=200, help="of the class (%(default)s)")
    parser.add_argument("--sample", type=positive, default=20, help="for autograder.py (20)")
    options = parser.parse_args()
    sources = submissions(options.size)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write(place / "class", sources)
        write(place / "sample", sources[: options.sample])
        seconds, most = time_class(place / "class", place / "out")
        rate = options.size / seconds
        print(f"grade_class:   {options.size} in {seconds:.1f} s, {rate:.2f} a second")
        alone = options.sample / time_each(place / "sample")
        print(f"autograder.py: {options.sample} of them, {alone:.2f} a second")
        print(f"ratio {rate / alone:.1f}, {processors()} processors, {most / 1e6:.0f} MB")


if __name__ == "__main__":
    run_tool("bench.class", main)
