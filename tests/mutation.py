"""Grades every mutant of layers.py and of the plain layers on the stored cases, and names those that no case rejects.

python -m tests.mutation        fails unless they are those of survivors.toml, which has a reason for each

Needs Python 3.11: before, ast.unparse wrote tuples otherwise, and the lines of the list would not be found.
"""

import multiprocessing
import os
import re
import signal
import sys
import time
import warnings
from collections import Counter
from dataclasses import replace
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path

import psutil
from rich.console import Console
from rich.progress import track

from staff.misconceptions import plain
from tests.mutants import Mutant, mutants

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
KINDS = {"equivalent": "equivalent", "beyond": "beyond what is graded"}
TIME, MEMORY = 20, 2 * 2**30  # seconds and bytes that a mutant may take; layers.py takes 0.1 s and 0.4 GB
WORKERS = min(4, os.cpu_count() or 1)
SPAWN = multiprocessing.get_context("spawn")


def is_rejected(mutant, questions):
    """Grades a mutant until a case fails; the cases of its own class come first."""
    from grading.judge import judge
    from grading.debugger import answer
    from staff.make_cases import load

    try:
        module = load(mutant.text)
    except Exception:
        return True
    first = sorted(questions, key=lambda question: question.layer not in mutant.where)
    cases = (case for question in first for case in question.cases)
    return any(judge(case, answer(module, case.request, case.given)) for case in cases)


def serve(pipe):
    """Says that it begins with a mutant, and then whether it is rejected. Only this process imports torch."""
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
        self.mutant, self.end = mutant, None  # the process may have to import torch yet
        self.pipe.send(mutant)

    def answer(self):
        """Returns whether the mutant is rejected, be it by a case or by us, and None while that is open."""
        try:
            if self.pipe.poll():
                if (answer := self.pipe.recv()) != "begun":
                    return answer
                self.end = time.monotonic() + self.seconds
            size = psutil.Process(self.process.pid).memory_info().rss
            if self.end is None or (time.monotonic() < self.end and size < MEMORY):
                return None
        except (EOFError, OSError, psutil.Error):
            if self.end is None:
                raise RuntimeError("a process that grades ended before it began") from None
        self.stop()
        self.start()
        return True


def grade(todo, seconds=TIME):
    """Yields each mutant and whether it is rejected, as that is known."""
    todo = iter(todo)
    crew = [Worker(mutant, seconds) for mutant in islice(todo, WORKERS)]
    try:
        while crew:
            wait([worker.pipe for worker in crew], timeout=0.1)
            for worker in crew[:]:
                if (rejected := worker.answer()) is None:
                    continue
                yield worker.mutant, rejected
                if mutant := next(todo, None):
                    worker.ask(mutant)
                else:
                    worker.stop()
                    crew.remove(worker)
    finally:
        for worker in crew:
            worker.stop()


def read_survivors(file):
    """Returns {(where, before, after): kind}; in each of the three, … stands for anything."""
    listed = {}
    for kind, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for entry in entries:
            lines = {key: value for key, value in entry.items() if key not in ("where", "why")}
            listed |= {(entry["where"], before, after): kind for before, afters in lines.items() for after in afters}
    return listed


def is_meant(entry, mutant):
    patterns = (".*".join(map(re.escape, part.split("…"))) for part in entry)
    return all(map(re.fullmatch, patterns, (mutant.where, mutant.before, mutant.after)))


def main():
    start, console = time.monotonic(), Console()
    text = (ROOT / "layers.py").read_text(encoding="utf-8")
    originals = [Mutant("layers.py", "", "", text), Mutant("plain", "", "", plain())]
    changed = [*mutants(text), *(replace(mutant, where=f"plain {mutant.where}") for mutant in mutants(plain()))]
    grades = track(
        grade([*originals, *changed]), "Mutants", len(originals + changed),
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    alive = {mutant for mutant, rejected in grades if not rejected}
    if rejected := [original.where for original in originals if original not in alive]:
        sys.exit(f"rejected without a change: {', '.join(rejected)}")
    listed = read_survivors(ROOT / "tests" / "survivors.toml")
    stale, kinds = set(listed), Counter()
    for mutant in (mutant for mutant in changed if mutant in alive):
        entries = [entry for entry in listed if is_meant(entry, mutant)]
        stale.difference_update(entries)
        kinds[listed[entries[0]] if entries else "new"] += 1
        if not entries:
            print(f"new survivor: {mutant}")
    for entry in (entry for entry in listed if entry in stale):
        print("stale entry: {}: {}  ->  {}".format(*entry))
    counts = ", ".join(f"{kinds[kind]} {words}" for kind, words in KINDS.items())
    rejected = len(changed) - len(alive) + len(originals)
    print(f"{len(changed)} mutants: {rejected} rejected, {counts}; {time.monotonic() - start:.0f} seconds")
    sys.exit(bool(kinds["new"] or stale))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
