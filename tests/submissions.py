"""Makes whole submissions of the files in attacks/, honest/ and encodings/, and grades them.

A file says in comments near its top what it is for:

    # question: q3          the question that it is graded with
    # questions: q1 q2      an honest file: the questions whose layers it defines
    # may earn: 0           an attack: the most points of that question
    # may lose: nothing     an honest file: or q1 10, what the interface lets a question lose
    # witness: yes          an attack: whether it leaves files, processes or full memory behind
    # kind: hidden          an attack: one of KINDS
    # compiles: no          a file that Python itself cannot read; "from 3.12": before that version

An attack that defines ``cheat(layer, x, shape)`` gets four layers that call it, and where it says
``PAYLOAD`` it gets PAYLOAD as a string. A layer that an honest file does not define is the one of
honest/plain.py. Layers go behind the file's own text, so that its lines keep their numbers.
Nothing here imports or runs a submission, but for grade, in a copy of the grader.
"""

import ast
import io
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tokenize
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psutil

TESTS = Path(__file__).parent
ROOT = TESTS.parent
LAYERS = {
    "q1": "CustomLinear",
    "q2": "CustomConv2D",
    "q3": "CustomMaxPool2D",
    "q4": "CustomCrossEntropyLoss",
}
POINTS = 20  # of each question
KINDS = {
    "answers": "outputs that are made up, or read from a table",
    "denial": "time, memory or depth without end",
    "grader": "the grader's own process, channel, counters, files or cases",
    "hidden": "an operation that is not allowed, where nobody may look",
    "open": "an operation that is not allowed, under an unusual name",
    "outside": "files, processes, the machine",
    "report": "what a person reads",
    "steps": "loops that may not count as such",
}
# What no report may hold: control characters but for newline and tab, signs that turn the text
# around, and halves of characters.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

# shape is the output's; a pool has k, s and p, a loss its reduction and targets.
SHELL = """

import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        return cheat(self, x, (*x.shape[:-1], self.weight.shape[0]))


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.zeros(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        h, w = [(n + 2 * self.p - self.k) // self.s + 1 for n in x.shape[2:]]
        return cheat(self, x, (x.shape[0], self.weight.shape[0], h, w))


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        h, w = [(n + 2 * self.p - self.k) // self.s + 1 for n in x.shape[2:]]
        return cheat(self, x, (*x.shape[:2], h, w))


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        self.targets = targets
        return cheat(self, logits, targets.shape if self.reduction == "none" else ())
"""

# What an attack runs that has reached Python's own exec: it leaves a file behind, blinds every mode
# of the grader's, and gives the submission torch's own pool.
PAYLOAD = """
import sys
import torch
open("witness-payload", "w").close()
def blind(self, f, types, args=(), kwargs=None):
    return f(*args, **(kwargs or {}))
for base in (torch.overrides.TorchFunctionMode, torch.utils._python_dispatch.TorchDispatchMode):
    for mode in base.__subclasses__():
        if mode.__module__ == "grading.gate":
            mode.__torch_function__ = mode.__torch_dispatch__ = blind
sys.modules["layers"].pool = torch.nn.functional.max_pool2d
"""


@dataclass(frozen=True)
class Submission:
    """A file of one of the three folders, and what it says about itself."""

    path: Path

    @cached_property
    def own(self):
        """Its bytes."""
        return self.path.read_bytes()

    @cached_property
    def header(self):
        """What its comments say, as {"may earn": "0"}; every coding here writes them in ASCII."""
        text = self.own.replace(b"\0", b"").decode("latin-1")
        names = "questions?|may earn|may lose|witness|kind|compiles"
        found = {}
        for line in text.splitlines():
            comment = re.search(rf"# ({names}): (.*)$", line[:80])
            if comment:
                found.setdefault(comment[1], comment[2])
        return found

    @property
    def questions(self):
        return (self.header.get("question") or self.header["questions"]).split()

    @property
    def may_earn(self):
        """The most points that it may have, of all of its questions."""
        return float(self.header.get("may earn", POINTS * len(self.questions)))

    @property
    def compiles(self):
        """Whether this Python can read it."""
        word = self.header.get("compiles", "from 3.0")
        if word == "no":
            return False
        version = word.removeprefix("from ").split(".")
        return sys.version_info[:2] >= tuple(map(int, version))

    def may_lose(self, question):
        """The points that the interface lets one of its questions lose."""
        lost = re.search(rf"{question} (\d+)", self.header["may lose"])
        return float(lost[1]) if lost else 0.0

    @cached_property
    def source(self):
        """The whole submission's bytes."""
        own = self.own.replace(b"PAYLOAD", repr(PAYLOAD).encode())
        if b"def cheat(" in own:
            return own + SHELL.encode()
        if self.path.parent.name == "honest":
            newline = b"\r\n" if b"\r\n" in own else b"\n"
            return own + _missing(self.own).encode().replace(b"\n", newline)
        return own

    @property
    def text(self):
        """The whole source, decoded as Python does. Raises SyntaxError, or UnicodeDecodeError."""
        with io.BytesIO(self.source) as stream:
            coding, _ = tokenize.detect_encoding(stream.readline)
        return io.TextIOWrapper(io.BytesIO(self.source), coding, newline=None).read()


def _missing(own):
    """The layers of honest/plain.py that a file does not define, with what they import."""
    plain = (TESTS / "honest" / "plain.py").read_text(encoding="utf-8")
    imports = []
    layers = []
    for node in ast.parse(plain).body:
        text = ast.get_source_segment(plain, node)
        if not isinstance(node, ast.ClassDef):
            imports.append(text)
        elif not re.search(rf"^(class {node.name}\b|{node.name} *=)".encode(), own, re.MULTILINE):
            layers.append(text)
    if not layers:
        return ""
    return "\n\n" + "\n".join(imports) + "\n\n\n" + "\n\n\n".join(layers) + "\n"


def submissions(folder):
    """The files of a folder beside this one, in order."""
    return [Submission(path) for path in sorted((TESTS / folder).glob("*.py"))]


def attacks():
    return submissions("attacks")


def honest():
    return submissions("honest")


def encodings():
    return submissions("encodings")


@dataclass(frozen=True)
class Graded:
    """What the command said, and what is left of what the submission did."""

    status: int | None  # None if it had to be killed
    out: str
    err: str
    results: dict | None  # results.json
    left: tuple[str, ...]  # files changed or made, processes, the secret where it shows

    def score(self, question):
        """The points of a question, as q1."""
        tests = (self.results or {}).get("tests", ())
        return sum(test["score"] for test in tests if test["name"].startswith(f"{question}/"))


def grade(source, question, folder, *arguments, name="submission.py", terminal="utf-8", limit=120):
    """Grades a submission with a copy of the grader in an empty folder, from within that folder.

    May run several times at once, in threads: no run sees or ends what another has left.

    Args:
        source: the bytes of the submission; None if the file is there already.
        question: q1, q2, q3, q4 or all.
        folder: where the copy goes. It may be thrown away afterwards.
        arguments: further ones of the command.
        name: of the submission in the folder.
        terminal: the coding in which the command writes.
        limit: seconds after which the command is killed.
    """
    if source is not None:
        (folder / name).write_bytes(source)
    for room in ("grading", "test_cases"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "autograder.py", folder)
    secret = secrets.token_hex(16)
    (folder / "secret.txt").write_text(secret)
    before = _state(folder)
    mark = secrets.token_hex(16)
    # With no .pyc of Python's own, each that is there afterwards is the submission's.
    marks = {"MARK": mark, "SECRET": secret, "PYTHONDONTWRITEBYTECODE": "1"}
    marks["PYTHONIOENCODING"] = terminal
    command = [sys.executable, "autograder.py", "--layers", name, "-q", question]
    command += ["--json", "results.json", *arguments]
    status, out, err = _run(command, folder, os.environ | marks, limit)
    left = [*_changes(before, _state(folder)), *processes_left(mark, folder)]
    left += witnesses_left(source or b"")
    report = folder / "results.json"
    written = report.read_text(encoding="utf-8") if report.is_file() else ""
    if secret in out + err + written:
        left.append("the secret")
    return Graded(status, out, err, json.loads(written) if written else None, tuple(left))


def _run(command, folder, environment, limit):
    """Returns exit status, stdout and stderr; a status of None if the command had to be killed."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    try:
        streams = process.communicate(timeout=limit)
        status = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        streams = process.communicate()
        status = None
    coding = environment["PYTHONIOENCODING"]
    out, err = (stream.decode(coding, "backslashreplace") for stream in streams)
    return status, out, err


def _state(folder):
    """What stands in a folder, but for results.json: {path: contents, None of no regular file}."""
    found = {}
    for path in folder.rglob("*"):
        if path.name != "results.json" and not path.is_dir():
            found[str(path.relative_to(folder))] = path.read_bytes() if path.is_file() else None
    return found


def _changes(before, after):
    for path in sorted(before.keys() | after.keys()):
        if path not in after:
            yield f"removed: {path}"
        elif path not in before:
            yield f"made: {path}"
        elif before[path] != after[path]:
            yield f"changed: {path}"


def processes_left(mark, folder):
    """Names the processes of a run that outlived it, and ends them.

    They are known by their environment, their folder or their arguments.
    """
    inside = os.path.join(folder, "")  # and not in a folder whose name only begins alike
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            seen = [process.environ().get("MARK", ""), process.cwd(), *process.cmdline()]
            if mark in seen or any(f"{part}{os.sep}".startswith(inside) for part in seen):
                name = process.name()
                process.kill()
                yield f"process: {name}"


def witnesses_left(source):
    """Names and removes the witnesses outside of the folder whose names stand in a source.

    Any other is of a run at the same time.
    """
    for path in Path("/dev/shm").glob("witness-*"):
        if path.name.encode() in source:
            path.unlink()
            yield f"made: {path}"
