"""Hands grades and feedback back to Moodle: feedback.zip, and its offline grading worksheet.

Moodle takes a file of feedback.zip by a part of its path, ``x_ID_assignsubmission_file_``, and
passes by names that begin with "." or "~". Of a worksheet's row it takes the grade and the comments
by Identifier, if the row's "Last modified (grade)" is not older than its own. A team's hand-in is
that of each member whose row names the team.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grading import GraderError
from grading.cases import as_text
from grading.report import numbered
from grading.whole import whole
from staff.grades import Row

DATE = (1980, 1, 1, 0, 0, 0)  # the same input gives the same bytes
# The columns by their names in English. Others than NEEDED may be missing.
COLUMNS = {
    "identifier": "Identifier",
    "name": "Full name",
    "group": "Group",
    "grade": "Grade",
    "modified": "Last modified (grade)",
    "comments": "Feedback comments",
    "most": "Maximum grade",
}
NEEDED = ("identifier", "grade", "modified")
COMMA = re.compile(r"-?\d+,\d+")


@dataclass
class Worksheet:
    """A grading worksheet: its cells, and where in a row is what.

    Attributes:
        places: of the columns, by their keys in COLUMNS.
    """

    header: list[str]
    cells: list[list[str]]
    places: dict[str, int]

    def cell(self, row: list[str], column: str) -> str:
        return row[self.places[column]] if column in self.places else ""

    def participant(self, row: list[str]) -> str:
        """The number in "Participant 123", whatever the word is."""
        found = re.search(r"(\d+)\s*$", self.cell(row, "identifier"))
        return found[1] if found else ""

    @property
    def has_commas(self) -> bool:
        """Whether its numbers are written with a decimal comma."""
        cells = [self.cell(row, name) for row in self.cells for name in ("most", "grade")]
        return any(COMMA.fullmatch(cell.strip()) for cell in cells)


def read_worksheet(path: Path, names: Mapping[str, str]) -> Worksheet:
    """Reads a worksheet.

    Args:
        names: of columns, where the language is another, by their keys in COLUMNS.
    Raises: GraderError if it is none, or lacks a column that is needed.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            header, *cells = csv.reader(file)
    except (UnicodeError, csv.Error, ValueError) as error:
        raise GraderError(f"cannot read the worksheet {path}: {error}") from error
    places = {}
    for key, english in COLUMNS.items():
        name = names.get(key, english)
        if name in header:
            places[key] = header.index(name)
        elif key in NEEDED or key in names:
            have = ", ".join(header)
            raise GraderError(f"{path} has no column {name!r} ({key}); it has {have}")
    for line, row in enumerate(cells, 2):
        if len(row) != len(header):
            raise GraderError(f"{path}, line {line}: {len(header)} cells expected, got {len(row)}")
    return Worksheet(header, cells, places)


def members(rows: Iterable[Row], worksheet: Worksheet | None) -> dict[str, Row]:
    """Returns the row of each participant, by number: a team's members have the team's.

    A team is known by its name in the worksheet, since its number may be that of a participant. The
    only hand-in without a number is that of the default team, of those who are in no other.
    """
    rows = list(rows)
    by_number = {row.hand_in.participant: row for row in rows if row.hand_in.participant}
    if worksheet is None:
        return by_number
    teams = {worksheet.cell(cells, "group") for cells in worksheet.cells} - {""}
    by_team = {row.hand_in.name: row for row in rows if row.hand_in.name in teams}
    others = [row for row in rows if not row.hand_in.participant]
    if teams and len(others) == 1:
        by_team.setdefault("", others[0])
    found = {}
    for cells in worksheet.cells:
        participant = worksheet.participant(cells)
        row = by_team.get(worksheet.cell(cells, "group"))
        if row is None and not by_team:
            row = by_number.get(participant)
        if row is not None:
            found[participant] = row
    return found


def write_feedback(path: Path, rows: Mapping[str, Row]) -> None:
    """Writes feedback.zip, of reports and pages by participant. Raises: OSError if it cannot."""
    with whole(path) as part, zipfile.ZipFile(part, "w") as archive:
        for participant in sorted(rows, key=lambda number: (len(number), number)):
            folder = f"Participant_{participant}_assignsubmission_file_"
            row = rows[participant]
            for name, text in (("feedback.txt", row.report), ("feedback.html", row.page)):
                info = zipfile.ZipInfo(f"{folder}/{name}", DATE)
                info.create_system = 3  # the same on every system
                info.external_attr = 0o644 << 16
                archive.writestr(info, text, zipfile.ZIP_DEFLATED)


def write_worksheet(
    path: Path, worksheet: Worksheet, rows: Mapping[str, Row], decimal: str | None
) -> None:
    """Writes the worksheet with grade and comments filled in, and every other cell as it was.

    Who has no total keeps the grade that is there.

    Args:
        decimal: what stands in a number for the point; None is what the worksheet has.
    Raises: OSError if it cannot.
    """
    decimal = decimal or ("," if worksheet.has_commas else ".")
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(worksheet.header)
    for old in worksheet.cells:
        cells = list(old)
        row = rows.get(worksheet.participant(cells))
        if row and row.total is not None:
            cells[worksheet.places["grade"]] = as_text(row.total).replace(".", decimal)
        if row and "comments" in worksheet.places:
            cells[worksheet.places["comments"]] = comments(row)
        writer.writerow(cells)
    with whole(path) as part:
        part.write_text(stream.getvalue(), encoding="utf-8-sig", newline="")


def comments(row: Row) -> str:
    """Returns points, causes and remarks as HTML in one line; a student's text is escaped."""
    items = [
        f"{name}: {as_text(points)}" for name, points in row.points.items() if points is not None
    ]
    items += row.discounts
    for result in row.results:
        told = [text for _, text, _ in numbered(result.causes)]
        items += [f"{result.question.name}: {text}" for text in told]
    return _list([*items, *row.remarks])


def _list(items: Sequence[str]) -> str:
    lines = ["<br>".join(html.escape(line) for line in item.splitlines()) for item in items]
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"
