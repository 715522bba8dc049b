"""What the tests of the archives have in common: a small set of cases, and a student's work."""

import ast
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

from grading.cases import read_toml
from staff import make_cases, rubric, starter
from staff.misconceptions import plain

FEW = ("q1/batch", "q2/padding", "q3/negative-padding", "q4/large")
OF_FEW = 1.5 + 1.5 + 2 + 1.5  # points


def write_few(folder):
    """Writes a set of four cases, one a question."""
    table = read_toml(make_cases.CASES / "rubric.toml")
    for name in FEW:
        question, _, case = name.partition("/")
        table[question]["points"] = {case: table[question]["points"][case]}
        (folder / question).mkdir()
        shutil.copy(make_cases.CASES / f"{name}.safetensors", folder / question)
    rubric.write_rubric(table, folder / "rubric.toml")
    shutil.copy(make_cases.CASES / "misconceptions.json", folder)


def run(*command, cwd, limit=120, **environment):
    """Returns exit status, stdout and stderr."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=limit,
    )
    return done.returncode, done.stdout, done.stderr


def unpack(archive, folder):
    """Unpacks an archive as unzip does, with the permissions."""
    with zipfile.ZipFile(archive) as file:
        for member in file.infolist():
            Path(file.extract(member, folder)).chmod(member.external_attr >> 16)


def members(archive):
    with zipfile.ZipFile(archive) as file:
        return {name: file.read(name) for name in file.namelist()}


def filled(text):
    """A starter with the plain layers' forwards between its marks, and a declaration."""
    lines = text.splitlines()
    written = {node.name: forward(node) for node in classes(plain())}
    for node in reversed(classes(text)):
        between = range(node.lineno, node.end_lineno + 1)  # the last mark is no statement
        begin = next(i for i in between if lines[i].strip() == starter.BEGIN)
        end = next(i for i in between if lines[i].strip() == starter.END)
        lines[begin + 1 : end] = plain().splitlines()[written[node.name]]
    return declared("\n".join(lines) + "\n")


def classes(source):
    return [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]


def forward(layer):
    """The lines of a layer's forward."""
    method = next(node for node in layer.body if getattr(node, "name", "") == "forward")
    return slice(method.body[0].lineno - 1, method.end_lineno)


def declared(text):
    """Deletes the statements but the first, as a student would."""
    first = text.index("    - I acknowledge")
    last = text.index("If you have used")
    return text[:first] + text[last:]
