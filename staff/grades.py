"""Makes of results what a teacher takes away: a row a hand-in, grades.csv, and changes.csv.

What a person gave comes from two files: --q5, the marks of question 5, and --overrides, points that
stand in place of the grader's. Both are kept beside the grades, so that they survive a regrading.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from grading import GraderError, report
from grading.cases import Question, as_text
from grading.closeup import WIDEST
from grading.judge import Verdict
from grading.pipeline import Result
from grading.report_page import reason_page, report_page
from grading.whole import whole
from staff.intake import HandIn
from staff.results import Graded

GRADED = "graded"
LOOK = "needs a look"
UNREADABLE = "cannot be read"
WAITING = "not graded yet"
# What a person should see, by the kind of a failure.
TO_SEE = {
    "error": "The grader itself failed in",
    "ended": "Ended or late:",
    "skipped": "Not run:",
}
MOST_NAMES = 5  # of cases, that are listed
BY_HAND = "q5"  # the question that a person marks
MOST_BY_HAND = 20.0
# A spreadsheet takes a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True)
class Given:
    """Points that a person gave, and why."""

    points: float
    reason: str


@dataclass
class Row:
    """A hand-in with all that is known of it.

    Attributes:
        points: by question; None of one that has none.
        notes: the remarks of the student's own run.
        given: what persons changed, a sentence each.
        report: what the student's own run shows, and what persons changed.
        page: the same as a page, with pictures.
        reasons: why a person should look at it.
    """

    hand_in: HandIn
    status: str
    results: list[Result] = field(default_factory=list)
    points: dict[str, float | None] = field(default_factory=dict)
    discounts: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    report: str = ""
    page: str = ""

    @property
    def total(self) -> float | None:
        given = [points for points in self.points.values() if points is not None]
        return sum(given) if given else None


def row_of(hand_in: HandIn, graded: Graded | None, questions: Mapping[str, Question]) -> Row:
    """Returns a row without what persons gave, and without its report."""
    row = Row(hand_in, GRADED, points=dict.fromkeys(questions))
    row.remarks += hand_in.remarks
    row.reasons += hand_in.doubts
    if hand_in.source is None:
        row.status = UNREADABLE
        row.remarks.insert(0, hand_in.fault)
        return row
    if graded is None:
        row.status = WAITING
        return row
    error = graded.loaded.response.error if graded.loaded.response else None
    if error and graded.loaded.response and not graded.loaded.response.compiled:
        row.status = UNREADABLE
        row.remarks.insert(0, report.no_program("layers.py", error))
        return row
    row.results = graded.results(questions.values())
    row.points = {result.question.name: round(result.score, 2) for result in row.results}
    _say_what_ran(row, graded)
    if row.reasons:
        row.status = LOOK
    return row


def _say_unreadable(row: Row, fault: str) -> None:
    row.status = UNREADABLE
    row.remarks.insert(0, fault)
    row.report = f"{fault}\n"
    row.page = reason_page("layers.py", fault)


def _say_what_ran(row: Row, graded: Graded) -> None:
    assert row.hand_in.source
    row.notes = report.remarks(row.hand_in.source.text, row.results, graded.loaded)
    row.remarks += row.notes
    refused = len(graded.loaded.response.refused) if graded.loaded.response else 0
    for result in row.results:
        if result.lost:
            names = ", ".join(finding.name for finding in result.findings)
            row.discounts.append(f"{result.question.name}: {result.lost:.0%} for {names}")
        refused += len(result.refusals)
    if refused:
        times = "once" if refused == 1 else f"{refused} times"
        row.reasons.append(f"It reached for what is out of a layer's reach, {times}.")
    for kind, words in TO_SEE.items():
        cases = [v.case.name for r in row.results for v in r.verdicts if _is(v, kind)]
        if cases:
            row.reasons.append(f"{words} {_listed(cases)}.")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown


def _is(verdict: Verdict, kind: str) -> bool:
    return verdict.failure is not None and verdict.failure.kind == kind


def tell(rows: Iterable[Row]) -> None:
    """Puts into each row its report and its page, once all that persons gave is in it."""
    for row in rows:
        if row.status == UNREADABLE:
            fault = "\n".join([row.remarks[0], *row.given])
            row.report = f"{fault}\n"
            row.page = reason_page("layers.py", fault)
        elif row.hand_in.source and row.results:
            text = row.hand_in.source.text
            notes = [*row.notes, *row.given]
            stream = io.StringIO()
            console = Console(
                file=stream, width=WIDEST, soft_wrap=True, highlight=False, markup=False
            )
            report.show(row.results, notes, console, text)
            row.report = stream.getvalue().lstrip("\n")
            row.page = report_page("layers.py", row.results, notes, text)


# What persons gave


def read_given(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Returns the rows of a CSV file that must have some columns, without empty rows.

    Commas or semicolons stand between cells, and columns may be in capitals.

    Raises: GraderError if it lacks a column.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            delimiter = ";" if first.count(";") > first.count(",") else ","
            header, *lines = csv.reader(file, delimiter=delimiter)
    except UnicodeError as error:
        raise GraderError(f"{path} must be in UTF-8: {error}") from error
    except (csv.Error, ValueError) as error:
        raise GraderError(f"cannot read {path}: {error}") from error
    names = [name.strip().lower() for name in header]
    rows = [
        dict.fromkeys(names, "") | {name: cell.strip() for name, cell in zip(names, cells)}
        for cells in lines
        if any(cell.strip() for cell in cells)
    ]
    lacking = [name for name in columns if name not in names]
    if lacking:
        wanted = ", ".join(columns)
        raise GraderError(f"{path} must have the columns {wanted}, got {', '.join(names)}")
    return rows


def give_marks(rows: Sequence[Row], path: Path | None) -> None:
    """Puts the marks of question 5 into the rows; a blank one is none.

    Raises: GraderError if a mark is no number from 0 to 20, is of nobody, or is there twice.
    """
    by_uid = _by_uid(rows)
    for row in rows:
        row.points.setdefault(BY_HAND, None)
    if path is None:
        return
    seen = set()
    for line, given in enumerate(read_given(path, ("uid", "points")), 2):
        where = f"{path}, line {line}"
        for row in _whose(by_uid, given["uid"], where):
            if id(row) in seen:
                raise GraderError(f"{where}: {given['uid']} is there twice")
            seen.add(id(row))
            if given["points"]:
                row.points[BY_HAND] = _number(given["points"], where, MOST_BY_HAND)
            if given.get("remark"):
                _note(row, f"{BY_HAND}: {given['remark']}")


def override(rows: Sequence[Row], path: Path | None, most: Mapping[str, float]) -> None:
    """Puts a person's points in place of the grader's, and says so in the remarks.

    Args:
        most: the points of each question that the grader grades.
    Raises: GraderError if points are no number from 0 to these, or of nobody, or of no question.
    """
    if path is None:
        return
    by_uid = _by_uid(rows)
    for line, given in enumerate(read_given(path, ("uid", "question", "points", "reason")), 2):
        where = f"{path}, line {line}"
        name = given["question"].lower()
        for row in _whose(by_uid, given["uid"], where):
            if name not in row.points:
                known = ", ".join(row.points)
                raise GraderError(f"{where}: question must be one of {known}, got {name!r}")
            points = _number(given["points"], where, most.get(name, MOST_BY_HAND))
            before = as_text(row.points[name]) or "no points"
            row.points[name] = points
            reason = given["reason"] or "no reason given"
            _note(row, f"{name}: {as_text(points)} instead of {before}: {reason}")


def _note(row: Row, text: str) -> None:
    row.remarks.append(text)
    row.given.append(text)


def _by_uid(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows by what a person may call them."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        hand_in = row.hand_in
        for name in {hand_in.uid, hand_in.participant, hand_in.label} - {""}:
            found.setdefault(name, []).append(row)
    return found


def _whose(by_uid: dict[str, list[Row]], uid: str, where: str) -> list[Row]:
    found = by_uid.get(uid, [])
    if not found:
        raise GraderError(f"{where}: uid must be of the class, got {uid!r}")
    if len(found) > 1:
        names = ", ".join(row.hand_in.label for row in found)
        raise GraderError(f"{where}: {uid!r} is of several, {names}: name one by that")
    return found


def _number(text: str, where: str, most: float) -> float:
    try:
        points = float(text.replace(",", "."))
    except ValueError:
        points = math.nan
    if not 0 <= points <= most:
        raise GraderError(f"{where}: points must be a number from 0 to {most:g}, got {text!r}")
    return points


# As files


def guarded(text: str) -> str:
    """Writes a cell in a line, so that no spreadsheet takes it for a formula."""
    line = " ".join(text.split())
    return f"'{line}" if text.startswith(FORMULA) or line.startswith(FORMULA) else line


def write_grades(folder: Path, rows: Sequence[Row]) -> None:
    """Writes grades.csv, and changes.csv if a mark has moved since the last one.

    Raises: OSError if it cannot.
    """
    path = folder / "grades.csv"
    names = list(rows[0].points)
    header = ["uid", "name", "participant id", *names]
    header += ["total", "discounts", "remarks", "status"]
    table = [_cells(row, names) for row in rows]
    changes = list(_changes(_old(path), [dict(zip(header, cells)) for cells in table], names))
    if changes:
        columns = ["uid", "name", "participant id", "question", "old", "new"]
        _write(folder / "changes.csv", [columns, *changes])
    _write(path, [header, *table])


def _cells(row: Row, names: list[str]) -> list[str]:
    hand_in = row.hand_in
    remarks = [*row.reasons, *row.remarks]
    return [
        guarded(hand_in.uid or hand_in.label),
        guarded(hand_in.name),
        guarded(hand_in.participant),
        *(as_text(row.points[name]) for name in names),
        as_text(row.total),
        guarded("; ".join(row.discounts)),
        guarded(" / ".join(remarks)),
        row.status,
    ]


def _old(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    return read_given(path, ("uid", "participant id"))


def _changes(old: list[dict[str, str]], new: list[dict[str, str]], names: list[str]):
    """Yields who had another mark; what has only now been graded has not changed."""
    before = {(row["uid"], row["participant id"]): row for row in old}
    for row in new:
        known = before.get((row["uid"], row["participant id"]))
        if known is None or known.get("status") == WAITING:
            continue
        for name in [*names, "total"]:
            if known.get(name, "") != row[name]:
                who = [row["uid"], row["name"], row["participant id"]]
                yield [*who, name, known.get(name, ""), row[name]]


def write_key(path: Path, rows: Iterable[Row], numbers: Mapping[str, str]) -> None:
    """Writes who is who, of a summary with numbers for names. Raises: OSError if it cannot."""
    lines = [
        (numbers[row.hand_in.label], guarded(row.hand_in.label), guarded(row.hand_in.name))
        for row in rows
    ]
    _write(path, [("number", "uid", "name"), *sorted(lines)])


def _write(path: Path, lines: Iterable[Sequence[str]]) -> None:
    with whole(path) as part, open(part, "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(lines)
