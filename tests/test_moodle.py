"""Reads feedback.zip and the worksheet back by a small model of Moodle's importer.

The rules are those of Moodle's sources: mod/assign/feedback/file/importziplib.php and
mod/assign/feedback/offline/importgradeslib.php.
"""

import csv
import io
import zipfile

import pytest

from grading import GraderError
from staff.grades import Row
from staff.intake import HandIn
from staff.moodle import comments, members, read_worksheet, write_feedback, write_worksheet

HEADER = [
    "Identifier", "Full name", "Email address", "Status", "Group", "Grade", "Maximum grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
    "Feedback comments",
]  # fmt: skip


def line(participant, name="Ada", group="", grade="", most="100.00", comment=""):
    when = "Sunday, 1 March 2026, 12:00 PM"
    return [
        f"Participant {participant}", name, "a@b.c", "Submitted", group, grade, most, "Yes", when,
        "-", comment,
    ]  # fmt: skip


def worksheet(folder, lines, header=HEADER):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([header, *lines])
    path = folder / "sheet.csv"
    path.write_text(stream.getvalue(), encoding="utf-8-sig", newline="")
    return path


def row(participant, name="Ada", report="a report\n", **points):
    given = {"q1": 20.0, "q2": 12.5} | points
    return Row(
        HandIn(participant or name, name, participant), "graded", points=given, report=report
    )


def imported_feedback(path, participants, folders_end_in="_"):
    """What Moodle takes of a zip: {participant: {name: contents}}."""
    least = 5 if folders_end_in == "_" else 4  # before Moodle 4.1, and since
    found = {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = info.filename.rpartition("/")[2]
            if name.startswith((".", "~")):
                continue
            parts = info.filename.split("/")
            while parts:
                pieces = parts.pop(0).split("_", 4)
                if len(pieces) < least or not pieces[1].isdecimal():
                    continue
                if int(pieces[1]) not in participants:
                    continue
                if pieces[2:4] != ["assignsubmission", "file"]:
                    continue
                rest = "/".join([*pieces[4:], *parts]).lstrip("/")
                found.setdefault(int(pieces[1]), {})[rest] = archive.read(info)
                break
    return found


def imported_grades(path, maximum=100):
    """What Moodle takes of a worksheet: {participant: (grade, comment)}."""
    blob = path.read_bytes()
    assert blob.startswith(b"\xef\xbb\xbf")
    header, *lines = csv.reader(io.StringIO(blob.decode("utf-8-sig"), newline=""))
    places = [header.index(name) for name in ("Identifier", "Grade", "Last modified (grade)")]
    assert places
    found = {}
    for cells in lines:
        assert len(cells) == len(header)
        grade = cells[places[1]].replace(",", ".")
        value = float(grade) if grade else None
        assert value is None or 0 <= value <= maximum
        found[int(cells[0].split()[-1])] = value, cells[header.index("Feedback comments")]
    return found


@pytest.mark.parametrize("folders_end_in", ["_", ""])
def test_moodle_takes_each_feedback_for_whom_it_is(folders_end_in, tmp_path):
    rows = [row("71", report="of 71\n"), row("9", "_王_小明_", report="of 9\n")]
    write_feedback(tmp_path / "feedback.zip", members(rows, None))
    assert imported_feedback(tmp_path / "feedback.zip", {9, 71}, folders_end_in) == {
        9: {"feedback.txt": b"of 9\n", "feedback.html": b""},
        71: {"feedback.txt": b"of 71\n", "feedback.html": b""},
    }


def test_the_same_feedback_gives_the_same_bytes_in_any_order(tmp_path):
    rows = [row("71"), row("9")]
    write_feedback(tmp_path / "a.zip", members(rows, None))
    write_feedback(tmp_path / "b.zip", members(rows[::-1], None))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_who_has_no_number_has_no_feedback_in_it(tmp_path):
    assert members([row("", "A3_3001")], None) == {}


def test_a_teams_feedback_is_that_of_each_member(tmp_path):
    path = worksheet(tmp_path, [line(1, group="Blue"), line(2, group="Blue"), line(3)])
    sheet = read_worksheet(path, {})
    # The number of a team may be that of a participant who is not in it.
    rows = [row("3", "Blue", report="blue\n"), row("", "Default group", report="others\n")]
    write_feedback(tmp_path / "feedback.zip", members(rows, sheet))
    found = imported_feedback(tmp_path / "feedback.zip", {1, 2, 3})
    assert found == {
        1: {"feedback.txt": b"blue\n", "feedback.html": b""},
        2: {"feedback.txt": b"blue\n", "feedback.html": b""},
        3: {"feedback.txt": b"others\n", "feedback.html": b""},
    }


def test_who_is_in_no_team_that_handed_in_has_no_feedback(tmp_path):
    sheet = read_worksheet(worksheet(tmp_path, [line(1, group="Blue"), line(3)]), {})
    assert list(members([row("3", "Blue")], sheet)) == ["1"]


def filled(folder, lines, rows, decimal=None, header=HEADER, names=()):
    sheet = read_worksheet(worksheet(folder, lines, header), dict(names))
    write_worksheet(folder / "filled.csv", sheet, members(rows, sheet), decimal)
    return folder / "filled.csv"


def test_moodle_takes_grade_and_comments_of_the_worksheet(tmp_path):
    lines = [line(71), line(72, grade="50.00", comment="old"), line(73)]
    path = filled(tmp_path, lines, [row("71"), row("73", q1=None, q2=None)])
    assert imported_grades(path) == {
        71: (32.5, "<ul><li>q1: 20</li><li>q2: 12.5</li></ul>"),
        72: (50.0, "old"),
        73: (None, "<ul></ul>"),
    }


def test_every_other_cell_is_as_it_was(tmp_path):
    lines = [line(71, 'Zoë "Z", O\'Brien\nof two lines'), line(72, "=1+1")]
    path = filled(tmp_path, lines, [row("71")])
    header, *cells = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    assert header == HEADER
    for before, after in zip(lines, cells):
        kept = [i for i, name in enumerate(HEADER) if name not in ("Grade", "Feedback comments")]
        assert [before[i] for i in kept] == [after[i] for i in kept]
    assert cells[1] == lines[1]


@pytest.mark.parametrize(
    "most, decimal, grade",
    [("100.00", None, "32.5"), ("100,00", None, "32,5"), ("100.00", ",", "32,5")],
)
def test_the_decimal_point_is_the_worksheets(most, decimal, grade, tmp_path):
    path = filled(tmp_path, [line(71, most=most)], [row("71")], decimal)
    _, cells = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    assert cells[HEADER.index("Grade")] == grade


GERMAN = {"Identifier": "ID", "Grade": "Bewertung", "Last modified (grade)": "Zuletzt geändert"}
NAMES = {"identifier": "ID", "grade": "Bewertung", "modified": "Zuletzt geändert"}


def test_the_columns_of_another_language_can_be_named(tmp_path):
    header = [GERMAN.get(name, name) for name in HEADER]
    with pytest.raises(GraderError, match=r"has no column 'Identifier' \(identifier\); it has ID,"):
        filled(tmp_path, [line(71)], [row("71")], header=header)
    path = filled(tmp_path, [line(71)], [row("71")], header=header, names=NAMES.items())
    _, cells = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    assert cells[HEADER.index("Grade")] == "32.5"


def test_a_line_of_another_length_says_where_it_is(tmp_path):
    path = worksheet(tmp_path, [line(71), line(72)[:-1]])
    with pytest.raises(GraderError, match=r"line 3: 11 cells expected, got 10$"):
        read_worksheet(path, {})


def test_a_students_text_is_escaped_in_the_comments():
    one = row("71")
    one.remarks.append("the file printed:\n<script>alert('&')</script>")
    assert comments(one).endswith(
        "<li>the file printed:<br>&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;</li></ul>"
    )
