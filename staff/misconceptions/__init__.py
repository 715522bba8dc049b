"""The named wrong implementations: what students really do, as the smallest changes of plain.py.

They serve twice: make_cases stores what each one gives on a case, so that the judge can name a
student's mistake, and the tests hand each one in as a submission that must lose marks. This room
only writes source text: it imports no torch and runs none of it.

The text files beside this one, one a layer, read like a diff of plain.py:

    minimum-pool (output): The smallest value was taken. Take the largest of each window, and pad
        with -inf.
        - y = windows.max(dim=2).values
        + y = windows.amin(dim=2)

A block is a name, how the mistake shows (one of SHOWS) and a hint to the student; then lines to
take out (-) and to put in their place (+), four columns in. Blocks are separated by empty lines;
a line that begins with # is a comment.

- The lines to take out are whole lines of the layer, they follow each other there as they do
  here, and they stand there once. Their common indentation is left out, here and in the new lines.
- A line that stands both first among the old ones and first among the new ones, or last among
  both, stays as it is. It only says where the others belong: this is how a line is put in.
- Old lines after new ones begin another change, somewhere else in the layer.

One mistake may have variants, which have its name, a "/" and a name of their own, and no hint
unless it is another: "eps-inside-log/1e-10 (output):".

A change is kept as its place in the lines of plain.py. Hence mistakes that touch different lines
compose by themselves: see submission().
"""

import ast
import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grading.cases import base

PLAIN = Path(__file__).parent.parent / "plain.py"
FILES = {
    "CustomLinear": "linear.txt",
    "CustomConv2D": "convolution.txt",
    "CustomMaxPool2D": "pooling.txt",
    "CustomCrossEntropyLoss": "loss.txt",
}
SHOWS = ("output", "exception", "gradient", "input", "calls", "operations")


@dataclass(frozen=True)
class Change:
    """Lines ``start`` to ``stop`` of plain.py, counted from 0, are replaced by others.

    As with a slice, ``stop`` is not among them. Where it is ``start``, no line is taken out, and
    the new ones come before line ``start``.
    """

    start: int
    stop: int
    new: tuple[str, ...]

    def meets(self, other: "Change") -> bool:
        """Whether both take out a line, or put lines in at one place, whose order is unknown.

        Of classes of two names the order does not matter.
        """
        if self.start == self.stop == other.start == other.stop:
            heads = {self.new[0], other.new[0]}
            return len(heads) < 2 or not all(head.startswith("class ") for head in heads)
        return self.start < other.stop and other.start < self.stop


@dataclass(frozen=True)
class Misconception:
    """A mistake with a name.

    ``shows`` is the first of SHOWS by which any input can tell it from a right layer.
    """

    name: str
    layer: str
    shows: str
    hint: str
    changes: tuple[Change, ...]


@functools.cache
def plain() -> str:
    """Returns the source of a right submission, staff/plain.py."""
    return PLAIN.read_text(encoding="utf-8")


def submission(*misconceptions: Misconception, layer: str | None = None) -> str:
    """Returns the source of plain.py with these mistakes in it, one or more.

    With ``layer``, only this one and what is above all layers is kept: it is loaded more quickly.
    Raises ValueError where two of them touch the same line.
    """
    lines = plain().splitlines()
    made = [(mistake.name, change) for mistake in misconceptions for change in mistake.changes]
    for (first, one), (second, other) in itertools.combinations(made, 2):
        if one.meets(other):
            place = max(one.start, other.start)
            raise ValueError(
                f"{first} and {second} both change plain.py, line {place + 1}: {lines[place]!r}"
            )
    changes = [change for _, change in made]
    if layer is not None:
        changes += [
            Change(node.lineno - 1, node.end_lineno or 0, ())
            for node in _classes(plain())
            if node.name != layer
        ]
    # From the end, so that the places before a change stay; lines are put in before a replaced one.
    for change in sorted(changes, key=_place, reverse=True):
        lines[change.start : change.stop] = change.new
    return "\n".join(lines) + "\n"


def _place(change: Change) -> tuple[int, int]:
    return change.start, change.stop


def read(layer: str, text: str, file: str) -> Iterator[Misconception]:
    """Yields the misconceptions of a layer that a text describes, in the form that is told above.

    Raises ValueError, with the file, the line and the entry, where the text departs from it.
    """
    reader = _Reader(layer, file)
    numbered = enumerate(text.splitlines(), 1)
    lines = [_Line(number, line) for number, line in numbered if not line.startswith("#")]
    for is_empty, block in itertools.groupby(lines, lambda line: not line.text.strip()):
        if not is_empty:
            yield reader.misconception(list(block))


@dataclass(frozen=True)
class _Line:
    number: int
    text: str

    @property
    def sign(self) -> str:
        """Returns "-" or "+" if the line is one of a change, else ""."""
        return self.text[4] if re.match(r" {4}[-+]( |$)", self.text) else ""

    @property
    def code(self) -> str:
        return self.text[6:]


class _Reader:
    """Reads the blocks of one file, which change one layer."""

    def __init__(self, layer: str, file: str) -> None:
        self.layer = layer
        self.file = file
        self.hints: dict[str, str] = {}  # by name, of the blocks so far
        self.lines = plain().splitlines()
        classes = {node.name: node for node in _classes(plain())}
        self.first = classes[layer].lineno - 1
        self.stop = classes[layer].end_lineno or 0

    def misconception(self, block: list[_Line]) -> Misconception:
        head = list(itertools.takewhile(lambda line: not line.sign, block))
        words = " ".join(line.text.strip() for line in head)
        match = re.fullmatch(r"([a-z-]+(?:/[a-z0-9-]+)?) \((\w+)\): ?(.*)", words)
        name, shows, hint = match.groups() if match else ("", "", "")
        hint = hint or self.hints.get(base(name), "")
        if not hint:
            raise self.error(block[0], f"must begin with 'name (shows): hint', got {words!r}")
        if shows not in SHOWS:
            raise self.error(block[0], f"{name}: must show by one of {SHOWS}, got {shows!r}")
        changes = tuple(self.changes(name, block[len(head) :]))
        if not changes:
            raise self.error(block[-1], f"{name}: changes nothing")
        self.hints.setdefault(base(name), hint)
        return Misconception(name, self.layer, shows, hint, changes)

    def changes(self, name: str, body: list[_Line]) -> Iterator[Change]:
        """Yields a change for every run of old lines and the new lines that follow it."""
        old: list[_Line] = []
        for sign, run in itertools.groupby(body, lambda line: line.sign):
            lines = list(run)
            if not sign:
                text = lines[0].text
                raise self.error(
                    lines[0], f"{name}: must begin with '    - ' or '    + ': {text!r}"
                )
            if sign == "-":
                old = lines
                continue
            if not old:
                raise self.error(lines[0], f"{name}: must take out a line, which says where it is")
            yield self.change(name, old, lines)
            old = []
        if old:
            yield self.change(name, old, [])

    def change(self, name: str, old: list[_Line], new: list[_Line]) -> Change:
        """Finds the old lines in the layer; leaves out what stays as it is at either end."""
        old_code = [line.code for line in old]
        places = range(self.first, self.stop)
        found = [i for i in places if self.unindented(i, len(old)) == old_code]
        if len(found) != 1:
            text = "\n".join(old_code)
            count = f"must stand once in {self.layer}, found {len(found)} times"
            raise self.error(old[0], f"{name}: {text!r} {count}")
        indentation = self.indentation(found[0])
        new_code = [(indentation + line.code).rstrip() for line in new]
        before = self.lines[found[0] : found[0] + len(old)]
        head = _common(before, new_code)
        tail = _common(before[head:][::-1], new_code[head:][::-1])
        kept = new_code[head : len(new_code) - tail]
        return Change(found[0] + head, found[0] + len(old) - tail, tuple(kept))

    def indentation(self, place: int) -> str:
        line = self.lines[place]
        return line[: len(line) - len(line.lstrip())]

    def unindented(self, place: int, count: int) -> list[str]:
        """Returns some lines of the layer without the indentation of the first."""
        indentation = self.indentation(place)
        lines = self.lines[place : min(place + count, self.stop)]
        return [line.removeprefix(indentation) for line in lines]

    def error(self, line: _Line, text: str) -> ValueError:
        return ValueError(f"{self.file}, line {line.number}: {text}")


def _classes(text: str) -> Iterator[ast.ClassDef]:
    return (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef))


def _common(ours: list[str], theirs: list[str]) -> int:
    """Returns how many lines two lists have in common at their beginning."""
    pairs = zip(ours, theirs)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _read_all() -> Iterator[Misconception]:
    for layer, file in FILES.items():
        path = Path(__file__).parent / file
        yield from read(layer, path.read_text(encoding="utf-8"), file)


MISCONCEPTIONS = tuple(_read_all())
