"""Checks what a student hands in, layers.py and a PDF, and packs it.

It reads source text and never runs it.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from .declaration import read_declaration
from .outcome import Outcome, Raised
from .whole import whole

INTERFACE = {
    "CustomLinear": "in_features, out_features, bias=True",
    "CustomConv2D": "in_channels, out_channels, kernel_size, stride=1, padding=0",
    "CustomMaxPool2D": "kernel_size, stride=None, padding=0",
    "CustomCrossEntropyLoss": "reduction='mean'",
}
REFERENCE = b"/Author(Reference solution of Assignment 3)"  # as answers/answers.typ has it written
MOST_NAMES = 200  # of a class, that are looked at for a slip

# What a UID is, and how that is said; a course may have others in the copies that it hands out.
UID = "[0-9]+"
UID_IS = "digits only"


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


def renamed(text: str, name: str) -> str:
    """Asks whether a class that is missing has another name in the file, if it may."""
    return _renamed(name, _classes(text))


def is_unwritten(text: str, layer: str) -> bool:
    """Whether a class computes nothing: its forward calls, combines and picks nothing."""
    node = _classes(text).get(layer)
    if node is None:
        return False
    forwards = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "forward"]
    if not forwards:
        return False
    return not any(_computes(child) for child in ast.walk(forwards[-1]))


def _computes(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return not (isinstance(node.func, ast.Name) and node.func.id == "NotImplementedError")
    return isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Subscript, ast.Compare))


def _classes(text: str) -> dict[str, ast.ClassDef]:
    """The classes at top level by name: of several the last, as Python has it."""
    return {node.name: node for node in _class_nodes(text)}


def _class_nodes(text: str) -> list[ast.ClassDef]:
    """The classes at top level.

    What is too deep for this reader may still run: then there is none, and nothing is asked.
    """
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        return [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    return []


def _renamed(name: str, classes: dict[str, ast.ClassDef]) -> str:
    others = sorted(classes.keys() - INTERFACE.keys())
    near = difflib.get_close_matches(name, others, 1, 0.75)
    return f"; was it renamed to {near[0]}?" if near else ""


def slips(text: str) -> list[str]:
    """Asks about names in the classes that are nearly those that Python and the grader look for."""
    nodes = [node for node in _class_nodes(text) if node.name in INTERFACE]
    return [question for node in nodes for question in _slips(node)]


def _slips(node: ast.ClassDef) -> Iterator[str]:
    methods = {child.name: child for child in node.body if isinstance(child, ast.FunctionDef)}
    wanted = ["__init__", "forward"]
    if any(isinstance(n, ast.Attribute) and n.attr == "reset_parameters" for n in ast.walk(node)):
        wanted.append("reset_parameters")
    others = [name for name in methods if name not in wanted]
    for name in wanted:
        near = _nearest(name, others)
        if near and name not in methods:
            line = methods[near].lineno
            yield f"line {line}: {node.name} defines {near}; did you mean {name}?"
            methods[name] = methods[near]
    if "__init__" in methods:
        yield from _parameter_slips(node.name, methods["__init__"])


def _parameter_slips(layer: str, constructor: ast.FunctionDef) -> Iterator[str]:
    expected = [each.partition("=")[0].strip() for each in INTERFACE[layer].split(",")]
    arguments = constructor.args
    got = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    others = [name for name in got if name not in expected]
    for name in expected:
        near = _nearest(name, others)
        if near and name not in got:
            where = f"line {constructor.lineno}: {layer}.{constructor.name}"
            yield f"{where} takes {near}; did you mean {name}?"


def _nearest(name: str, others: Iterable[str]) -> str | None:
    """Returns the name that differs from this one in a letter or two, or in underscores."""
    bare = name.strip("_")
    near = {other.strip("_").lower(): other for other in islice(others, MOST_NAMES)}
    near = {other: near[other] for other in near if abs(len(other) - len(bare)) <= 2}
    found = difflib.get_close_matches(bare, near, 1, 0.75)
    return near[found[0]] if found else None


def uid_fault(uid: str) -> str | None:
    if re.fullmatch(UID, uid) and not re.search(r"[/\\\0]", uid):  # it names a file
        return None
    return f"--zip must be a UID, {UID_IS}, got {uid!r}"


def problems(text: str, loaded: Outcome, pdf: Path) -> list[str]:
    """Returns all that keeps the file and the PDF from being packed, a sentence each.

    Args:
        loaded: what became of the file when the runner loaded it.
    """
    faults = []
    if loaded.fault:
        reason = loaded.fault.summary if isinstance(loaded.fault, Raised) else str(loaded.fault)
        faults.append(f"the file does not load: {' '.join(reason.split())}")
    pdf_fault = _pdf_fault(pdf)
    if pdf_fault:
        faults.append(pdf_fault)
    return [*faults, *read_declaration(text).faults, *constructors(text)]


def _pdf_fault(path: Path) -> str | None:
    if path.suffix.lower() != ".pdf":
        return f"--pdf must be a file whose name ends in .pdf, got {path}"
    fault = f"--pdf must be a whole PDF (%PDF-, objects, startxref, %%EOF), got {path}"
    try:
        if not path.exists():
            return f"there is no {path}: put your answers there, or name the PDF with --pdf FILE"
        if not path.is_file():
            return f"{fault}, which is no file"
        return None if _is_whole(path.read_bytes()) else fault
    except OSError as error:
        return f"{fault}, which cannot be read: {error.strerror}"


def _is_whole(blob: bytes) -> bool:
    has_object = re.search(rb"\d\s+\d+\s+obj\b", blob)
    has_end = re.search(rb"(?s)startxref\s+\d+\s+%%EOF.{,1024}\Z", blob[-2048:])
    return blob.startswith(b"%PDF-") and bool(has_object and has_end)


def whose(pdf: Path) -> list[str]:
    """Asks about a PDF that has the reference solution's answers."""
    with contextlib.suppress(OSError):
        if pdf.is_file() and REFERENCE in pdf.read_bytes():
            return [f"{pdf.name} has the answers of the reference solution; are they your own?"]
    return []


def pack(uid: str, source: bytes, pdf: Path, folder: Path) -> Path:
    """Writes A3_{uid}.zip, of the bytes of layers.py and a PDF, and returns its path.

    Raises: OSError if it cannot; then an older zip is still there.
    """
    path = zip_of(uid, folder)
    with whole(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("layers.py", source)
        archive.writestr(pdf.name, pdf.read_bytes())
    return path


def zip_of(uid: str, folder: Path) -> Path:
    return folder / f"A3_{uid}.zip"
