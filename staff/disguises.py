"""Says in what two files differ that share much, and which of their lines share it.

That is what was done to one if it was made of the other; of two that were not, it says no more than
that they differ.
"""

from __future__ import annotations

import ast
import collections
import functools
import io
import tokenize
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

RARE = 3  # files that may have what makes a line a rare one
MOST_NAMES = 6  # that are shown
LOOPS = (ast.For, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


@dataclass(frozen=True)
class _Look:
    """How a program looks.

    Attributes:
        dump: all but comments, docstrings and layout.
        nameless: all but these and names.
        counts: of what is COUNTED.
        order: of classes, functions and methods.
    """

    dump: str
    nameless: str
    names: list[str]
    counts: dict[str, int]
    order: list[str]


@functools.lru_cache(maxsize=1000)
def _look(text: str) -> _Look:
    tree = _bare(ast.parse(text))
    names = _names(tree)
    counts = {what: count(tree) for what, count in COUNTED.items()}
    counts["comments"] = _comments(text)
    return _Look(ast.dump(tree), _without_names(tree, names), names, counts, _order(tree))


def disguises(one: str, other: str) -> list[str]:
    """Returns in what two programs differ, the least that accounts for it.

    Raises: SyntaxError if one is no program.
    """
    if one == other:
        return []
    try:
        a, b = _look(one), _look(other)
    except RecursionError:
        return ["what is nested too deeply to be told"]
    if a.dump == b.dump:
        return ["comments, docstrings or layout alone"]
    if a.nameless == b.nameless:
        changed = [f"{mine} → {its}" for mine, its in zip(a.names, b.names) if mine != its]
        more = ", ..." if len(changed) > MOST_NAMES else ""
        return [f"names alone: {', '.join(changed[:MOST_NAMES])}{more}"]
    same = len({*a.names} & {*b.names})
    told = [f"names: {same} the same of {len(a.names)} and {len(b.names)}"]
    told += [
        f"{what}: {count} and {b.counts[what]}"
        for what, count in a.counts.items()
        if count != b.counts[what]
    ]
    if [name for name in a.order if name in b.order] != [
        name for name in b.order if name in a.order
    ]:
        told.append("the order of classes or methods")
    return told


def _bare(tree: ast.Module) -> ast.Module:
    """The tree without docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body[:1] = [] if len(node.body) > 1 else [ast.Pass()]
    return tree


def _names(tree: ast.AST) -> list[str]:
    """The names that are given in a program, in the order of their first use."""
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found[node.id] = None
        elif isinstance(node, ast.arg):
            found[node.arg] = None
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found[node.name] = None
        elif isinstance(node, ast.Attribute):
            found[node.attr] = None
    return list(found)


def _without_names(tree: ast.AST, names: Sequence[str]) -> str:
    numbers = {name: str(i) for i, name in enumerate(names)}
    parts = []
    for node in ast.walk(tree):
        parts.append(type(node).__name__)
        for key in ("id", "arg", "name", "attr", "value"):
            value = getattr(node, key, None)
            if isinstance(value, (str, int, float)):
                parts.append(numbers.get(str(value), repr(value)))
    return " ".join(parts)


def _kinds(*kinds: type[ast.AST]) -> Callable[[ast.AST], int]:
    return lambda tree: sum(isinstance(node, kinds) for node in ast.walk(tree))


def _called(*names: str) -> Callable[[ast.AST], int]:
    def count(tree: ast.AST) -> int:
        found = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
        return sum(getattr(func, "attr", getattr(func, "id", "")) in names for func in found)

    return count


def _hints(tree: ast.AST) -> int:
    arguments = [node for node in ast.walk(tree) if isinstance(node, ast.arg) and node.annotation]
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.returns]
    return len(arguments) + len(functions) + _kinds(ast.AnnAssign)(tree)


# What is counted of a program, in the order in which it is told.
COUNTED: dict[str, Callable[[ast.AST], int]] = {
    "functions": _kinds(ast.FunctionDef, ast.Lambda),
    "statements": _kinds(ast.stmt),
    "loops": _kinds(*LOOPS),
    "comprehensions": _kinds(*COMPREHENSIONS),
    "conditions": _kinds(ast.If),
    "conditional expressions": _kinds(ast.IfExp),
    "operators @": _kinds(ast.MatMult),
    "calls of matmul": _called("matmul", "mm", "bmm"),
    "calls of einsum": _called("einsum"),
    "calls of view": _called("view"),
    "calls of reshape": _called("reshape"),
    "calls of flatten": _called("flatten"),
    "calls of permute": _called("permute"),
    "calls of transpose": _called("transpose", "t"),
    "type hints": _hints,
}


def _comments(text: str) -> int:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return sum(token.type == tokenize.COMMENT for token in tokens)


def _order(tree: ast.Module) -> list[str]:
    found = []
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            found.append(node.name)
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            found += [f"{node.name}.{method.name}" for method in methods]
    return found


# Which lines share it


@dataclass(frozen=True)
class Line:
    """A line of one file of a pair.

    Attributes:
        mark: 0 if it shares nothing; 1 if it does; 2 if what it shares is rare.
        partner: the line of the other file that shares most with it.
    """

    number: int
    text: str
    mark: int = 0
    partner: int | None = None


@dataclass(frozen=True)
class Shared:
    """One thing that two files have.

    Attributes:
        lines, others: where it stands in either.
        weight: what it adds to the score.
        holders: how many files have it.
    """

    lines: frozenset[int]
    others: frozenset[int]
    weight: float
    holders: int

    @property
    def turned(self) -> Shared:
        return Shared(self.others, self.lines, self.weight, self.holders)


def marked(text: str, shared: Iterable[Shared]) -> list[Line]:
    """Returns the lines of a file from the first to the last that share something."""
    strength: dict[int, collections.Counter[int]] = {}
    marks: dict[int, int] = {}
    for one in shared:
        for line in one.lines:
            mark = 2 if one.holders <= RARE else 1
            marks[line] = max(mark, marks.get(line, 0))
            for other in one.others:
                share = one.weight / len(one.lines) / len(one.others)
                strength.setdefault(line, collections.Counter())[other] += share  # type: ignore[assignment]
    if not marks:
        return []
    lines = text.splitlines()
    found = []
    for number in range(min(marks), min(max(marks), len(lines)) + 1):
        partner = strength[number].most_common(1)[0][0] if strength.get(number) else None
        found.append(Line(number, lines[number - 1], marks.get(number, 0), partner))
    return found
