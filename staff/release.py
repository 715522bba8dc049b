"""Makes what leaves the house: what students get, what Gradescope gets, and what staff keep.

    python -m staff.release OUT                      three archives in a new folder OUT
    python -m staff.release OUT --hidden 7           Gradescope's cases drawn with this seed
    python -m staff.release OUT --uid-pattern '30\\d{8}'

assignment3.zip has the starter and no solution, gradescope.zip the grader with hidden cases, and
staff.zip those cases, the answers to question 5 and how to mark them. The hidden cases take some
minutes. The same input gives the same bytes.
"""

import argparse
import contextlib
import re
import secrets
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from string import Template
from typing import NoReturn

from rich.filesize import decimal

from grading import GraderError
from grading.cases import HINTS, read_toml
from grading.handin import UID
from staff.make_cases import CASES, SEED, stored_names, write_all
from staff.rubric import NO_EXTRA, RUBRIC, Extra, drift, read_extra, uneven
from staff.starter import allowed, starter

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent
STUDENTS = "assignment3"  # the archive, and the folder in it
GRADER = "grader"  # the folder in Gradescope's archive
OPERATIONS = "operations.toml"
PACKAGES = ("torch", "rich", "numpy", "safetensors", "psutil", "tomli")  # that the grader needs
EXECUTABLE = ("run_autograder", "setup.sh")
EARLIEST = (1980, 1, 1, 0, 0, 0)  # date that a zip can have; no archive says when it was made

Files = dict[str, bytes]  # by their path in an archive


def students(uid: str = UID) -> Files:
    """Returns what students get: all that a run needs, and nothing of a solution."""
    files = grader(CASES, uid)
    files["layers.py"] = starter().encode()
    files["README.md"] = readme().encode()
    for name in ("train.py", "autograder", "requirements.txt", "LICENSE", "data/README.md"):
        files[name] = (ROOT / name).read_bytes()
    for path in (ROOT / "data" / "MNIST" / "raw").glob("*.gz"):
        files[f"data/MNIST/raw/{path.name}"] = path.read_bytes()
    return _below(STUDENTS, files)


def gradescope(hidden: Path, uid: str = UID) -> Files:
    """Returns what Gradescope gets: its two scripts, and the grader with hidden cases."""
    files = _below(GRADER, grader(hidden, uid))
    for name in EXECUTABLE:
        files[name] = (HERE / "gradescope" / name).read_bytes()
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = [line for line in lines if re.split(r"\W", line)[0] in PACKAGES]
    files["requirements.txt"] = "\n".join([*needed, ""]).encode()
    return files


def staff(hidden: Path, seed: int) -> Files:
    """Returns what staff keep: how to mark question 5, and the hidden cases with their seed."""
    files = _below("hidden", set_of_cases(hidden))
    files["hidden/seed.txt"] = f"{seed}\n".encode()
    files["answers.pdf"] = (ROOT / "answers.pdf").read_bytes()
    files["marking.md"] = (ROOT / "answers" / "marking.md").read_bytes()
    return files


def grader(cases: Path, uid: str) -> Files:
    """Returns the command, its rooms, and a set of cases."""
    files = {"autograder.py": (ROOT / "autograder.py").read_bytes()}
    for pattern in ("*.py", "templates/*"):
        for path in (ROOT / "grading").glob(pattern):
            files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    if uid != UID:
        handin = files["grading/handin.py"].decode()
        files["grading/handin.py"] = with_uid(handin, uid).encode()
    files[f"test_cases/{OPERATIONS}"] = (CASES / OPERATIONS).read_bytes()
    return files | _below("test_cases", set_of_cases(cases))


def set_of_cases(folder: Path) -> Files:
    """Returns the files of a set of cases. Raises: GraderError if rubric and cases disagree."""
    names = stored_names(folder)
    for fault in drift(read_toml(folder / RUBRIC), names):
        raise GraderError(f"{folder}: {fault}")
    paths = [RUBRIC, HINTS, *(f"{name}.safetensors" for name in names)]
    return {path: (folder / path).read_bytes() for path in paths}


def with_uid(handin: str, uid: str) -> str:
    """Returns the source of grading/handin.py with another pattern for a UID."""
    for name, value in (("UID", uid), ("UID_IS", f"as {uid} has it")):
        before, after = re.split(rf"(?m)^{name} = .*$", handin)
        handin = f"{before}{name} = {value!r}{after}"
    return handin


def readme() -> str:
    """Returns the students' README, with the points and the operations of each question."""
    rubric = read_toml(CASES / RUBRIC)
    rows = []
    for name, table in rubric.items():
        points = sum(table["points"].values())
        also = ", ".join(f"`{operation}`" for operation in allowed(table["layer"]))
        title = table["title"].lower()
        rows.append(f"| {name[1:]} | `{table['layer']}`: {title} | {points:g} | {also} |")
    template = Template((HERE / "handout" / "README.md").read_text(encoding="utf-8"))
    return template.substitute(
        questions="\n".join(rows),
        share=_shares(table["share"] for table in rubric.values()),
        own=_shares(table["own"] for table in rubric.values()),
    )


def _shares(shares: Iterable[float]) -> str:
    words = {0.5: "half", 1.0: "all"}
    return " or ".join(words.get(share, f"{share:.0%}") for share in dict.fromkeys(shares))


def _below(folder: str, files: Files) -> Files:
    return {f"{folder}/{path}": content for path, content in files.items()}


def write_zip(files: Files, path: Path) -> None:
    """Writes an archive: the same files make the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, EARLIEST)
            member.create_system = 3  # Unix, wherever it is made: it keeps the permissions
            permissions = 0o755 if name in EXECUTABLE else 0o644
            member.external_attr = (0o100000 | permissions) << 16
            archive.writestr(member, files[name], zipfile.ZIP_DEFLATED, compresslevel=9)


def release(out: Path, hidden: Path, seed: int, uid: str = UID) -> Iterator[str]:
    """Writes the three archives into a folder, and yields what is in each."""
    for name, whose, files in (
        (f"{STUDENTS}.zip", "for students", students(uid)),
        ("gradescope.zip", "to upload as Gradescope's autograder", gradescope(hidden, uid)),
        ("staff.zip", "for staff alone", staff(hidden, seed)),
    ):
        write_zip(files, out / name)
        size = decimal((out / name).stat().st_size)
        yield f"\n{name}, {size}, {whose}"
        yield from listing(files)


def listing(files: Files) -> Iterator[str]:
    """Yields a line for each file near the top, and for each folder below."""
    for place, paths in groupby(sorted(files), key=_place):
        found = list(paths)
        name = place
        if place.endswith("/"):
            name = f"{place} ({len(found)} files)"
        size = decimal(sum(len(files[path]) for path in found))
        yield f"  {name:<50} {size:>10}"


def _place(path: str) -> str:
    """Returns the path, or its folder where that is two deep or more: grader/grading/."""
    top, _, rest = path.partition("/")
    folder, deeper, _ = rest.partition("/")
    return f"{top}/{folder}/" if deeper else path


@contextlib.contextmanager
def whole(out: Path) -> Iterator[Path]:
    """Gives a folder beside ``out`` that takes its place at the end, unless anything fails."""
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as beside:
        made = Path(beside) / "made"
        made.mkdir()
        yield made
        if out.exists():
            out.rmdir()  # an empty one: Windows renames onto none
        made.rename(out)


def main() -> None:
    options = parse_arguments()
    try:
        students(options.uid_pattern)  # what is wrong with them is told at once
        with tempfile.TemporaryDirectory() as folder, whole(options.out) as out:
            hidden = Path(folder)
            make_hidden(hidden, options.hidden, options.extra)
            lines = list(release(out, hidden, options.hidden, options.uid_pattern))
    except KeyboardInterrupt:
        fail("interrupted, and nothing is written", status=130)
    except (GraderError, OSError, ValueError) as error:
        fail(str(error))
    print(*lines, sep="\n")
    print(f"\nwritten to {options.out}")
    print(f"the same command with --hidden {options.hidden} makes the same again")


def make_hidden(folder: Path, seed: int, extra: Extra) -> None:
    """Makes the hidden cases, with a bar a question, and says what they are."""
    print(f"Making the hidden cases of seed {seed}. This takes some minutes.", flush=True)
    write_all(folder, seed, extra=extra)
    rubric = read_toml(folder / RUBRIC)
    points = sum(sum(table["points"].values()) for table in rubric.values())
    print(f"{len(stored_names(folder))} hidden cases, {points:g} points")
    for line in uneven(rubric):
        print(line)


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        fail(f"{message} (--help lists the options)")


def parse_arguments() -> argparse.Namespace:
    parser = Parser(
        "staff.release", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("out", type=Path, metavar="OUT", help="the folder to write: a new one, or an empty one")
    add("--uid-pattern", default=UID, metavar="REGEX", help="what a UID is (%(default)s)")
    add("--hidden", type=int, metavar="SEED", help="of the hidden cases (drawn, and printed)")
    add("--extra", type=Path, metavar="FILE", help="further hidden cases, as staff/rubric.py says")
    options = parser.parse_args()
    try:
        check(options)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    return options


def check(options: argparse.Namespace) -> None:
    """Completes the options. Raises: ValueError or OSError if one of them is wrong."""
    out = options.out
    if not out.absolute().parent.is_dir():
        raise ValueError(f"there is no folder {out.absolute().parent} to write {out.name} in")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"OUT must be a new folder, or an empty one, got {out}")
    try:
        re.compile(options.uid_pattern)
    except re.error as error:
        got = options.uid_pattern
        raise ValueError(
            f"--uid-pattern must be a regular expression, got {got!r}: {error}"
        ) from None
    if options.hidden is None:
        options.hidden = secrets.randbelow(2**31)
    if options.hidden < 0 or options.hidden == SEED:
        raise ValueError(
            f"--hidden must be 0 or more, and not the {SEED} of the cases that students have, "
            f"got {options.hidden}"
        )
    options.extra = read_extra(options.extra) if options.extra else NO_EXTRA


def fail(message: str, status: int = 2) -> NoReturn:
    print(f"staff.release: {message}", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
