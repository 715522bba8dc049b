"""Times the grader against ``python -c "import torch"``, and measures the memory of all of its processes.

    python -m bench.grader --runs 15

The commands take turns, so that a machine that slows down slows all; the figures are medians, and what counts is the
ratio. Memory is the sum over the process tree, at its highest; what processes share counts once, where the system can
tell (Linux). A process that is forked but not yet replaced by its program may count twice, hence a median here too.
"""

import argparse
import contextlib
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil
from rich.progress import track

AUTOGRADER = str(Path(__file__).parent.parent / "autograder.py")
COMMANDS = {
    "import torch": ["-c", "import torch"],
    "-q q1": [AUTOGRADER, "-q", "q1"],
    "-q all": [AUTOGRADER, "-q", "all"],
}


def run(arguments, watched=False):
    """Returns the seconds that a command takes, or if it is watched, the most bytes that its processes took at once."""
    start, most = time.perf_counter(), 0
    process = psutil.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    while watched and process.poll() is None:
        total = 0
        with contextlib.suppress(psutil.Error):
            for one in (process, *process.children(recursive=True)):
                memory = one.memory_full_info()
                total += getattr(memory, "pss", memory.rss)
        most = max(most, total)
    if process.wait():
        sys.exit(f"python {' '.join(arguments)} ended with status {process.returncode}")
    return most if watched else time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="of each command (%(default)s)")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}, medians of {options.runs} runs")
    seconds = {name: [] for name in COMMANDS}
    run(COMMANDS["-q all"])  # warms the disk's cache
    for _ in track(range(options.runs), "Runs"):
        for name, arguments in COMMANDS.items():
            seconds[name].append(run(arguments))
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    for name, median in medians.items():
        spread = f"{min(seconds[name]):.2f} to {max(seconds[name]):.2f}"
        print(f"{name:14}{median:7.2f} s  {median / medians['import torch']:6.2f}x  ({spread})")
    for name in COMMANDS:
        most = statistics.median(run(COMMANDS[name], watched=True) for _ in range(5))
        print(f"{name:14}{most / 1e6:7.0f} MB")


if __name__ == "__main__":
    main()
