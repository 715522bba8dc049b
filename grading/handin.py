"""Checks what a student hands in, layers.py and a PDF, and packs it.

It reads source text and never runs it.
"""

from __future__ import annotations

import ast
import difflib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from .outcome import Outcome, Raised

INTERFACE = {
    "CustomLinear": "in_features, out_features, bias=True",
    "CustomConv2D": "in_channels, out_channels, kernel_size, stride=1, padding=0",
    "CustomMaxPool2D": "kernel_size, stride=None, padding=0",
    "CustomCrossEntropyLoss": "reduction='mean'",
}


def _spaced(words: str) -> re.Pattern[str]:
    """Matches words between which quotes and comment signs may stand, where a line is wrapped."""
    return re.compile("(?i)" + words.replace(" ", r"\W{1,40}"))


# The handout's three statements. The last two name a tool, between their beginning and their end.
NONE_USED = _spaced("I did not use any AI technologies in preparing or writing up this assignment")
BEGINNING = _spaced("I acknowledge the use of ")
ENDING = _spaced(
    " to generate (?:initial ideas for background research in the drafting of this assignment"
    "|materials that were included within my final assignment in its modified form)"
)
LONGEST_TOOL = 500  # characters between the two
MOST_STATEMENTS = 20  # that are looked at, of a file that may hold nothing else
PLACEHOLDER = re.compile(
    r"(?i)<[^>]*\b(insert|link|name)\b[^>]*>|\binsert ai\b|\b(todo|tbd|xxx)\b|\.\.\.|…|\b__+\b"
)
USE = re.compile(
    r"(?i)\b(use[ds]?(?! of)|using|usage|how|ask(ed)?|help(ed|s)?|prompt(ed|s)?|explain(ed|s)?)\b"
    r"(\W+\w+){2}"
)
URL = re.compile(r"(?i)https?://\S+|www\.\S+|\b\w+\.(?:com|org|ai|net|io|cn|edu)\b\S*")

# Text of a file between two of these is one block: what belongs to a declaration stands in one.
BOUNDARY = re.compile(r"\n[ \t]*(?:import|from \S+ import|class \w+[(:]|def \w+\()")


@dataclass(frozen=True)
class Statement:
    """A statement on AI: its words, those that name the tool, and the block that it stands in."""

    words: str
    tool: str | None
    block: str


def declaration(text: str) -> list[str]:
    """Returns what the declaration of AI use lacks, a sentence each.

    It may be in any comment or string of a file.
    """
    blocks = [re.sub(r"[\s#]+", " ", block) for block in BOUNDARY.split(text)]
    found = [statement for block in blocks for statement in _statements(block)]
    if len(found) != 1:
        count = len(found) or "none"
        return [
            f"the declaration must be one of the handout's three statements on AI; found {count}"
        ]
    return list(_lacks(found[0]))


def _statements(block: str) -> Iterator[Statement]:
    for found in islice(NONE_USED.finditer(block), MOST_STATEMENTS):
        yield Statement(found[0], None, block)
    for beginning in islice(BEGINNING.finditer(block), MOST_STATEMENTS):
        rest = block[beginning.end() : beginning.end() + LONGEST_TOOL + 500]
        ending = ENDING.search(rest)
        # Where another begins first, this one does not end.
        if (
            ending
            and 0 < ending.start() <= LONGEST_TOOL
            and not BEGINNING.search(rest, 0, ending.start())
        ):
            yield Statement(beginning[0] + rest[: ending.end()], rest[: ending.start()], block)


def _lacks(statement: Statement) -> Iterator[str]:
    left = PLACEHOLDER.search(statement.words)
    if left:
        yield f"the declaration has a placeholder left: {left[0]!r}"
    if statement.tool is None:
        return
    if not re.search(r"\w{2}", URL.sub("", statement.tool)):
        yield "the declaration names no tool"
    if not USE.search(statement.block):
        yield "the declaration does not say how it was used ('I used it ...')"
    if not URL.search(statement.block):
        yield "the declaration has no reference to the tool, such as a link"


def constructors(text: str) -> list[str]:
    """Returns where the classes depart from INTERFACE, a sentence each.

    Raises: SyntaxError as ast.parse does.
    """
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None  # it does not matter
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    faults = []
    for name, parameters in INTERFACE.items():
        if name not in classes:
            faults.append(f"there is no class {name} at top level{_renamed(name, classes)}")
            continue
        constructor = _constructor(classes[name])
        got = ast.unparse(constructor) if constructor else "no __init__"
        wanted = f"self, {parameters}"
        fits = f"{got}, ".startswith(f"{wanted}, ")
        if not constructor or not fits or None in constructor.kw_defaults:
            faults.append(
                f"{name}.__init__ must begin with ({wanted}) and need no more, got ({got})"
            )
    return faults


def _constructor(node: ast.ClassDef) -> ast.arguments | None:
    """The parameters of a class's own __init__: of the last one, as Python has it."""
    functions = [child for child in node.body if isinstance(child, ast.FunctionDef)]
    return {function.name: function.args for function in functions}.get("__init__")


def _renamed(name: str, classes: dict[str, ast.ClassDef]) -> str:
    others = sorted(classes.keys() - INTERFACE.keys())
    near = difflib.get_close_matches(name, others, 1, 0.75)
    return f"; was it renamed to {near[0]}?" if near else ""


def problems(uid: str, text: str, loaded: Outcome, pdf: Path) -> list[str]:
    """Returns all that keeps the file and the PDF from being packed, a sentence each.

    Args:
        loaded: what became of the file when the runner loaded it.
    """
    faults = []
    if not re.fullmatch("[0-9]+", uid):
        faults.append(f"--zip must be a UID, digits only, got {uid!r}")
    if loaded.fault:
        reason = loaded.fault.summary if isinstance(loaded.fault, Raised) else str(loaded.fault)
        faults.append(f"the file does not load: {' '.join(reason.split())}")
    if not pdf.is_file():
        faults.append(f"--pdf must be a PDF from %PDF- to %%EOF, got {pdf}, which is no file")
    elif not re.match(rb"(?s)%PDF-.*%%EOF.{,1024}\Z", pdf.read_bytes()):
        faults.append(f"--pdf must be a PDF from %PDF- to %%EOF, got {pdf}")
    return faults + declaration(text) + constructors(text)


def pack(uid: str, source: bytes, pdf: Path, folder: Path) -> Path:
    """Writes A3_{uid}.zip, of the bytes of layers.py and a PDF, and returns its path.

    Raises: OSError if it cannot; then an older zip is still there.
    """
    path = folder / f"A3_{uid}.zip"
    part = folder / f"A3_{uid}.zip.part"
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("layers.py", source)
        archive.writestr(pdf.name, pdf.read_bytes())
    return part.replace(path)  # only now, so that an interrupted run leaves no half zip
