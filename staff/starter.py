"""Makes the layers.py that students begin with of plain.py, so that the two cannot disagree.

Imports, constructors, initialisation and docstrings are given. A forward is two lines between which
the student's stand, and of a docstring the paragraph that begins with "Solution:" is left out. What
this room does not know is an error: nothing is handed out because nobody thought of it.
"""

import ast
import textwrap
from collections.abc import Iterator

from grading.cases import read_toml
from grading.declaration import RULES, STATEMENTS
from grading.handin import INTERFACE
from staff.make_cases import CASES
from staff.misconceptions import plain

BEGIN = "# ---- Your code begins here. ----"
END = "# ---- Your code ends here. ----"
GIVEN = ("__init__", "reset_parameters")
SOLUTION = "Solution:"
WIDTH = 100

# What stands beside a declaration is read as a part of it. So nothing here may say for the student
# what only the student can: no link, and not what a tool was good for.
HEAD = (
    "Four layers of a convolutional network: the one file that you edit and hand in.",
    "Write the four forwards, each between its two marked lines; autograd derives the backward "
    "pass. All else is given, and its names stay as they are. Functions and classes of your own "
    "are welcome.",
    f"Declaration of AI tools. {RULES[0]}. Keep the one that is true, and delete the other two.",
    *(f"- {statement}" for statement in STATEMENTS),
    f"{next(rule for rule in RULES if '(iii)' in rule)}.",
)
ALLOWED = "creation, indexing, slicing, joining, reshaping and basic arithmetic"

Replaced = tuple[int, int, list[str]]  # lines from, to (not among them), and what comes instead


def starter() -> str:
    """Returns the source of the layers.py that students begin with.

    Raises: ValueError if plain.py has something of which is not known whether it is given.
    """
    lines = plain().splitlines()
    docstring, *others = ast.parse(plain()).body
    changes = [_replaced(docstring, docstring, _docstring(HEAD))]
    for node in others:
        if isinstance(node, ast.ClassDef) and node.name in INTERFACE:
            changes += _changes(node)
        elif not isinstance(node, (ast.Import, ast.ImportFrom)):
            raise ValueError(f"plain.py, line {node.lineno}: is this given to students?")
    for first, last, new in sorted(changes, reverse=True):
        lines[first:last] = new
    return "\n".join(lines) + "\n"


def _changes(layer: ast.ClassDef) -> Iterator[Replaced]:
    """Yields what a layer has in place of its solution."""
    docstring, *methods = layer.body
    paragraphs = (ast.get_docstring(layer) or "").split("\n\n")
    given = [text for text in paragraphs if not text.startswith(SOLUTION)]
    given.append(f"Allowed, besides {ALLOWED}: {', '.join(allowed(layer.name))}.")
    yield _replaced(docstring, docstring, _docstring(given, indent=" " * 4))
    for node in methods:
        name = node.name if isinstance(node, ast.FunctionDef) else None
        if isinstance(node, ast.FunctionDef) and name == "forward":
            unwritten = [" " * 8 + line for line in (BEGIN, "raise NotImplementedError", END)]
            yield _replaced(node.body[0], node.body[-1], unwritten)
        elif name not in GIVEN:
            raise ValueError(f"plain.py, line {node.lineno}: is this given to students?")


def allowed(layer: str) -> list[str]:
    """Returns the operations that a layer may use and not every layer may."""
    return read_toml(CASES / "operations.toml")["layers"][layer].split()


def _replaced(first: ast.stmt, last: ast.stmt, new: list[str]) -> Replaced:
    return first.lineno - 1, last.end_lineno or 0, new


def _docstring(paragraphs: tuple[str, ...] | list[str], indent: str = "") -> list[str]:
    """Returns the lines of a docstring; an item of a list stands below the one before it."""
    title, *others = paragraphs
    lines = [f'{indent}"""{title}']
    for text in others:
        if not (text.startswith("- ") and lines[-1].startswith("    ")):
            lines.append("")
        for line in text.splitlines():
            lines += _wrapped(line, indent)
    return [*lines, f'{indent}"""']


def _wrapped(text: str, indent: str) -> list[str]:
    first = indent
    others = indent
    if text.startswith("- "):
        first += " " * 4
        others += " " * 6
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,
        break_long_words=False,
    )
