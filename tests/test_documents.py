"""Holds README.md and CONTRIBUTING.md against the project that they speak of."""

import re
from pathlib import Path

import pytest

from staff import picture

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def words(svg):
    """The text of a picture, without the places at which it stands."""
    pieces = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    return [piece.replace("&#160;", " ") for piece in pieces if piece.strip()]


def test_the_picture_shows_what_the_grader_says():
    drawn = picture.draw(picture.graded(picture.wrong_submission()))
    stored = picture.PICTURE.read_text(encoding="utf-8")
    assert words(drawn) == words(stored), "python -m staff.picture draws it anew"
    assert any("Padding was filled with 0" in piece for piece in words(stored))


def test_the_photograph_is_one_of_the_size_that_is_taken():
    blob = picture.PHOTOGRAPH.read_bytes()
    assert blob.startswith(b"\x89PNG\r\n")
    size = int.from_bytes(blob[16:20], "big"), int.from_bytes(blob[20:24], "big")
    assert size == picture.SIZE


def test_the_picture_asks_nothing_of_the_network():
    stored = picture.PICTURE.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"'\s]+", stored)) == {"http://www.w3.org/2000/svg"}


def test_the_readme_is_short():
    assert len(README.split()) <= 920


def test_the_readmes_example_prints_what_it_says(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (said,) = re.findall(r"# (.*)", code)
    exec(code, {})
    assert capsys.readouterr().out == f"{said}\n"


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_a_link_into_the_repository_leads_to_a_file(text):
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).is_file()] == []


@pytest.mark.parametrize("folder", ["grading", "staff"])
def test_every_room_is_listed(folder):
    rooms = {path.stem for path in (ROOT / folder).glob("*.py")}
    listed = set(re.findall(rf"`{folder}/(\w+)", CONTRIBUTING))
    assert rooms - listed == {"__init__"}
