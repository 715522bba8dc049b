"""Times the grader against ``python -c "import torch"``, and measures its processes' memory.

    python -m bench.grader --runs 15

The commands take turns, so that a machine that slows down slows all; the figures are medians, and
what counts is the ratio. Memory is the sum over the process tree, at its highest; what processes
share counts once, where the system can tell (Linux). A process that is forked but not yet replaced
by its program may count twice, hence a median here too.
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

from staff.command import positive, run_tool

AUTOGRADER = str(Path(__file__).parent.parent / "autograder.py")
COMMANDS = {
    "import torch": ["-c", "import torch"],
    "-q q1": [AUTOGRADER, "-q", "q1"],
    "-q all": [AUTOGRADER, "-q", "all"],
}


def seconds_of(arguments):
    """Returns how long a command takes."""
    start = time.perf_counter()
    check(subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL))
    return time.perf_counter() - start


def most_memory_of(arguments):
    """Returns the most bytes that a command's processes take at once."""
    most = 0
    process = psutil.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    while process.poll() is None:
        most = max(most, memory_of(process))
    check(process)
    return most


def memory_of(process):
    total = 0
    with contextlib.suppress(psutil.Error):  # of a process that has just ended
        for one in (process, *process.children(recursive=True)):
            memory = one.memory_full_info()
            total += getattr(memory, "pss", memory.rss)
    return total


def check(ended):
    if ended.returncode:
        command = " ".join(ended.args)
        sys.exit(f"{command} ended with status {ended.returncode}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=positive, default=15, help="of each command (%(default)s)")
    options = parser.parse_args()
    version = platform.python_version()
    print(f"Python {version}, {platform.machine()}, medians of {options.runs} runs")
    print_times(options.runs)
    for name, arguments in COMMANDS.items():
        most = statistics.median(most_memory_of(arguments) for _ in range(5))
        print(f"{name:14}{most / 1e6:7.0f} MB")


def print_times(runs):
    seconds = {name: [] for name in COMMANDS}
    seconds_of(COMMANDS["-q all"])  # warms the disk's cache
    for _ in track(range(runs), "Runs"):
        for name, arguments in COMMANDS.items():
            seconds[name].append(seconds_of(arguments))
    bare = statistics.median(seconds["import torch"])
    for name, times in seconds.items():
        median = statistics.median(times)
        spread = f"{min(times):.2f} to {max(times):.2f}"
        print(f"{name:14}{median:7.2f} s  {median / bare:6.2f}x  ({spread})")


if __name__ == "__main__":
    run_tool("bench.grader", main)
