"""Grades every mutant of layers.py and staff/plain.py, and names those that no stored case rejects.

python -m tests.mutation    fails unless they are those of survivors.toml, which gives reasons

Needs Python 3.11: before, ast.unparse wrote tuples otherwise, and the lines of the list would not
be found.
"""

import multiprocessing
import os
import re
import signal
import sys
import time
import warnings
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path

import psutil
from rich.console import Console
from rich.progress import track

from staff.command import run_tool
from staff.misconceptions import plain
from tests.mutants import Mutant, mutants

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
KINDS = {"equivalent": "equivalent", "beyond": "beyond what is graded"}
TIME = 20  # seconds that a mutant may take; layers.py takes 0.1
MEMORY = 2 * 2**30  # bytes that it may take; layers.py takes 0.4 GB
WORKERS = min(4, os.cpu_count() or 1)
SPAWN = multiprocessing.get_context("spawn")


def is_rejected(mutant, questions):
    """Grades a mutant until a case fails; the cases of its own class come first."""
    from grading.debugger import load
    from staff.make_cases import try_out

    try:
        module = load(mutant.text)
    except Exception:
        return True
    for question in sorted(questions, key=lambda question: question.layer not in mutant.where):
        for case in question.cases:
            failure, _ = try_out(module, case)
            if failure:
                return True
    return False


def serve(pipe):
    """Says that it begins with a mutant, and then whether it is rejected.

    Only a process that runs this imports torch.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started us
    import torch

    from grading.cases import read_questions

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    questions = read_questions(ROOT / "test_cases").values()
    while True:
        mutant = pipe.recv()
        pipe.send("begun")
        pipe.send(is_rejected(mutant, questions))


class Worker:
    """A process that grades; if its mutant hangs, bloats or crashes it, another takes its place."""

    def __init__(self, mutant, seconds):
        self.seconds = seconds
        self.start()
        self.ask(mutant)

    def start(self):
        self.pipe, theirs = SPAWN.Pipe()
        self.process = SPAWN.Process(target=serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def stop(self):
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def ask(self, mutant):
        self.mutant = mutant
        self.end = None  # the process may have to import torch yet
        self.pipe.send(mutant)

    def answer(self):
        """Returns whether the mutant is rejected, by a case or by us; None while that is open."""
        try:
            if self.pipe.poll():
                answer = self.pipe.recv()
                if answer != "begun":
                    return answer
                self.end = time.monotonic() + self.seconds
            if self.end is None or self.is_within_limits():
                return None
        except (EOFError, OSError, psutil.Error):
            if self.end is None:
                raise RuntimeError("a process that grades ended before it began") from None
        self.stop()
        self.start()
        return True

    def is_within_limits(self):
        size = psutil.Process(self.process.pid).memory_info().rss
        return time.monotonic() < self.end and size < MEMORY


def grade(todo, seconds=TIME):
    """Yields each mutant and whether it is rejected, as that is known."""
    todo = iter(todo)
    crew = [Worker(mutant, seconds) for mutant in islice(todo, WORKERS)]
    try:
        while crew:
            wait([worker.pipe for worker in crew], timeout=0.1)
            for worker in crew[:]:
                rejected = worker.answer()
                if rejected is None:
                    continue
                yield worker.mutant, rejected
                mutant = next(todo, None)
                if mutant:
                    worker.ask(mutant)
                else:
                    worker.stop()
                    crew.remove(worker)
    finally:
        for worker in crew:
            worker.stop()


@dataclass(frozen=True)
class Survivor:
    """What survivors.toml lists: a mutant, or every one that fits, as … stands for anything."""

    kind: str
    where: str
    before: str
    after: str

    def fits(self, mutant):
        return (
            _fits(self.where, mutant.where)
            and _fits(self.before, mutant.before)
            and _fits(self.after, mutant.after)
        )

    def __str__(self):
        return f"{self.where}: {self.before}  ->  {self.after}"


def _fits(pattern, text):
    expression = ".*".join(re.escape(part) for part in pattern.split("…"))
    return re.fullmatch(expression, text) is not None


def read_survivors(file):
    """Returns the Survivors that a file lists."""
    survivors = []
    for kind, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for entry in entries:
            lines = {key: value for key, value in entry.items() if key not in ("where", "why")}
            for before, afters in lines.items():
                survivors += [Survivor(kind, entry["where"], before, after) for after in afters]
    return survivors


def make_all():
    """Returns the originals, and their mutants: where those of plain.py are, begins with plain."""
    text = (ROOT / "layers.py").read_text(encoding="utf-8")
    originals = [Mutant("layers.py", "", "", text), Mutant("plain.py", "", "", plain())]
    of_plain = [replace(mutant, where=f"plain {mutant.where}") for mutant in mutants(plain())]
    return originals, [*mutants(text), *of_plain]


def find_alive(todo):
    """Returns those that no case rejects."""
    console = Console()
    graded = track(
        grade(todo),
        "Mutants",
        len(todo),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    return {mutant for mutant, rejected in graded if not rejected}


def compare(alive, listed):
    """Returns a line for each new survivor and each stale entry, and how many are of each kind."""
    lines = []
    stale = dict.fromkeys(listed)
    kinds = Counter()
    for mutant in alive:
        entries = [entry for entry in listed if entry.fits(mutant)]
        if entries:
            kinds[entries[0].kind] += 1
        else:
            lines.append(f"new survivor: {mutant}")
        for entry in entries:
            stale.pop(entry, None)
    return lines + [f"stale entry: {entry}" for entry in stale], kinds


def main():
    ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter).parse_args()
    start = time.monotonic()
    originals, changed = make_all()
    alive = find_alive(originals + changed)
    dead = [original.where for original in originals if original not in alive]
    if dead:
        sys.exit(f"rejected without a change: {', '.join(dead)}")
    survivors = [mutant for mutant in changed if mutant in alive]
    lines, kinds = compare(survivors, read_survivors(ROOT / "tests" / "survivors.toml"))
    for line in lines:
        print(line)
    rejected = f"{len(changed) - len(survivors)} rejected"
    counts = [f"{kinds[kind]} {words}" for kind, words in KINDS.items()]
    seconds = time.monotonic() - start
    print(f"{len(changed)} mutants: {', '.join([rejected, *counts])}; {seconds:.0f} seconds")
    sys.exit(bool(lines))


if __name__ == "__main__":
    run_tool("tests.mutation", main)
