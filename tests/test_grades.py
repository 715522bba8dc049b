"""Holds grades.csv, what persons gave, and summary.html to what they promise; runs nothing."""

import html.parser
import re
from pathlib import Path

import pytest

from grading import GraderError
from grading.cases import read_questions
from staff.grades import Row, give_marks, guarded, override, read_given, write_grades
from staff.intake import HandIn
from staff.summary import numbers, write_summary

ROOT = Path(__file__).parent.parent


def row(label, uid="", name="Ada", status="graded", **points):
    given = {"q1": 20.0, "q2": 12.5} | points
    return Row(HandIn(label, name, label, uid), status, points=given, report="a report\n")


def rows():
    return [row("71", "3001"), row("72", "3002", "王小明"), row("73", "3003", q1=None, q2=None)]


def written(folder, content, name="given.csv"):
    (folder / name).write_text(content, encoding="utf-8")
    return folder / name


MOST = {"q1": 20.0, "q2": 20.0}


def grades(folder, some):
    write_grades(folder, some)
    return read_given(folder / "grades.csv", ("uid",))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\uff1d"])
def test_no_cell_is_a_formula(sign, tmp_path):
    some = [row("71", name=f"{sign}1+1")]
    some[0].remarks.append(f"{sign}cmd|' /C calc'!A0")
    (cells,) = grades(tmp_path, some)
    assert cells["name"].startswith("'")
    assert cells["remarks"].startswith("'")


def test_other_cells_stay_as_they_are():
    assert guarded("O'Brien, Zoë") == "O'Brien, Zoë"
    assert guarded("a\nb") == "a b"


def test_marks_of_question_5_are_put_in_by_uid_or_participant(tmp_path):
    some = rows()
    give_marks(some, written(tmp_path, "uid,points,remark\n3001,17.5,well argued\n72,,\n"))
    first, second, third = grades(tmp_path, some)
    assert (first["q5"], first["total"], first["remarks"]) == ("17.5", "50", "q5: well argued")
    assert (second["q5"], second["total"]) == ("", "32.5")
    assert (third["q5"], third["total"]) == ("", "")


@pytest.mark.parametrize(
    "line, said",
    [
        ("3009,1,", "line 2: uid must be of the class, got '3009'"),
        ("3001,21,", "line 2: points must be a number from 0 to 20, got '21'"),
        ("3001,-1,", "line 2: points must be a number from 0 to 20, got '-1'"),
        ("3001,nan,", "line 2: points must be a number from 0 to 20, got 'nan'"),
        ("3001,many,", "line 2: points must be a number from 0 to 20, got 'many'"),
        ("3001,1,\n71,2,", "line 3: 71 is there twice"),
    ],
)
def test_a_wrong_mark_says_where_it_is(line, said, tmp_path):
    path = written(tmp_path, f"uid,points,remark\n{line}\n")
    with pytest.raises(GraderError) as told:
        give_marks(rows(), path)
    assert str(told.value) == f"{path}, {said}"


def test_a_file_without_a_column_says_which_it_must_have(tmp_path):
    path = written(tmp_path, "uid,mark\n")
    with pytest.raises(GraderError) as told:
        give_marks(rows(), path)
    assert str(told.value) == f"{path} must have the columns uid, points, got uid, mark"


def test_a_uid_of_two_must_be_named_otherwise(tmp_path):
    some = [row("71", "3001"), row("72", "3001")]
    path = written(tmp_path, "uid,points,remark\n3001,1,\n")
    with pytest.raises(GraderError, match=r"'3001' is of several, 71, 72: name one by that$"):
        give_marks(some, path)


def test_an_override_stands_in_place_of_the_graders_points_and_shows(tmp_path):
    some = rows()
    give_marks(some, None)
    content = "uid,question,points,reason\n3001,Q2,15,a bug of ours\n3003,q1,4,read by eye\n"
    override(some, written(tmp_path, content), MOST)
    first, _, third = grades(tmp_path, some)
    assert (first["q2"], first["total"]) == ("15", "35")
    assert first["remarks"] == "q2: 15 instead of 12.5: a bug of ours"
    assert (third["total"], third["remarks"]) == ("4", "q1: 4 instead of no points: read by eye")


def test_an_override_may_not_exceed_a_questions_points(tmp_path):
    path = written(tmp_path, "uid,question,points,reason\n3001,q1,25,too much\n")
    with pytest.raises(GraderError, match=r"points must be a number from 0 to 20, got '25'$"):
        override(rows(), path, MOST)


def test_marks_may_be_written_as_a_spreadsheet_writes_them(tmp_path):
    some = rows()
    content = "UID;Points;Remark\n3001;17,5;gut\n;;\n"
    give_marks(some, written(tmp_path, content))
    assert some[0].points["q5"] == 17.5
    assert some[0].given == ["q5: gut"]


def test_a_file_in_another_coding_says_which_it_must_have(tmp_path):
    path = tmp_path / "q5.csv"
    path.write_bytes("uid,points,remark\n3001,3,schön\n".encode("latin-1"))
    with pytest.raises(GraderError, match=r"q5\.csv must be in UTF-8: "):
        give_marks(rows(), path)


def test_an_override_of_no_question_says_so(tmp_path):
    path = written(tmp_path, "uid,question,points,reason\n3001,q9,15,\n")
    with pytest.raises(GraderError, match=r"line 2: question must be one of q1, q2, got 'q9'$"):
        override(rows(), path, MOST)


def test_changes_name_what_moved_and_only_that(tmp_path):
    write_grades(tmp_path, [*rows(), row("74", status="not graded yet", q1=None, q2=None)])
    assert not (tmp_path / "changes.csv").exists()
    moved = [*rows(), row("74")]
    moved[1].points["q1"] = 18.0
    write_grades(tmp_path, moved)
    changes = tmp_path / "changes.csv"
    assert changes.read_text(encoding="utf-8-sig").splitlines() == [
        "uid,name,participant id,question,old,new",
        "3002,王小明,72,q1,20,18",
        "3002,王小明,72,total,32.5,30.5",
    ]
    before = changes.read_bytes()
    write_grades(tmp_path, moved)
    assert changes.read_bytes() == before


class Page(html.parser.HTMLParser):
    """What of a page a test asks for."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture
def page(tmp_path):
    some = rows()
    some[0].status = "needs a look"
    some[0].reasons.append("<script>alert(1)</script>")
    some[0].hand_in = HandIn("71", "<b>Ada</b>", "71")
    write_summary(tmp_path / "summary.html", some, read_questions(ROOT / "test_cases"))
    return (tmp_path / "summary.html").read_text(encoding="utf-8")


def test_the_summary_asks_nothing_of_the_network(page):
    parsed = Page(page)
    assert {tag for tag, _ in parsed.tags} & {"script", "img", "link", "iframe", "object"} == set()
    assert [a["href"] for a in parsed.all("a")] == ["feedback/71.html"] + [
        f"feedback/{label}.html" for label in ("71", "72", "73")
    ]
    assert "url(" not in page
    assert "//" not in page
    (policy,) = (meta["content"] for meta in parsed.all("meta") if "http-equiv" in meta)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_the_summary_shows_a_strangers_text_as_text(page):
    assert "&lt;b&gt;Ada&lt;/b&gt;" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_summary_can_be_read_aloud_and_printed(page):
    parsed = Page(page)
    assert parsed.all("html") == [{"lang": "en"}]
    assert len(parsed.all("caption")) == len(parsed.all("table"))
    assert all("scope" in head for head in parsed.all("th"))
    assert "@media print" in page


def test_an_anonymous_summary_has_no_name_and_no_link(tmp_path):
    some = rows()
    some[0].status = "needs a look"
    some[0].reasons.append("There are several: A3_3001 (1).zip/layers.py, A3_3001.zip/layers.py.")
    path = tmp_path / "summary.html"
    write_summary(path, some, read_questions(ROOT / "test_cases"), numbers(some))
    text = path.read_text(encoding="utf-8")
    assert "<a " not in text
    for one in some:
        assert one.hand_in.name not in text
        assert one.hand_in.uid not in text
    assert sorted(numbers(some).values()) == ["001", "002", "003"]


def test_the_last_bar_of_the_grades_has_no_end(page):
    labels = re.findall(r'<th scope="row">(\d+ (?:to|and) [^<]*)</th>', page)
    assert labels == ["0 to below 10", "10 to below 20", "20 to below 30", "30 and more"]
