"""Draws summary.html, one page that shows a class: grades, what was lost where and why, who needs a
look. It asks nothing of the network, and says by words and numbers whatever it shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grading import pages
from grading.cases import Question
from grading.whole import write_text
from staff.grades import LOOK, UNREADABLE, WAITING, Row

TEMPLATE = Path(__file__).with_name("summary.html.j2")
STEP = 10  # points of a bar in the distribution
MOST_CAUSES = 40


@dataclass(frozen=True)
class Bar:
    """A line of a table with a number that is drawn, too; ``width`` is in percent."""

    label: str
    text: str
    count: float
    width: float


def write_summary(
    path: Path,
    rows: Sequence[Row],
    questions: Mapping[str, Question],
    names: Mapping[str, str] | None = None,
) -> None:
    """Writes the page. Raises: OSError if it cannot.

    Args:
        names: what stands for a label where it is anonymous; then nothing links to feedback.
    """
    order = sorted(rows, key=lambda row: _place(row, names))
    text = pages.render(
        TEMPLATE,
        title="A class, graded",
        rows=order,
        names=names,
        columns=list(rows[0].points),
        counts=_counts(rows),
        distribution=_distribution(rows),
        cases=_cases(rows, questions),
        causes=_causes(rows),
        unsettled=[
            (row, [_nameless(text, row, names) for text in row.reasons or row.remarks])
            for row in order
            if row.status in (LOOK, UNREADABLE, WAITING)
        ],
    )
    write_text(path, text)


def numbers(rows: Sequence[Row]) -> dict[str, str]:
    """Returns a number for each label, in an order that says nothing of names or ids."""
    labels = [row.hand_in.label for row in rows]
    labels.sort(key=lambda label: hashlib.sha256(label.encode()).digest())
    return {label: f"{i:03}" for i, label in enumerate(labels, 1)}


def _nameless(text: str, row: Row, names: Mapping[str, str] | None) -> str:
    """A text in which a number stands for who it is, as in the name of a file."""
    if names is None:
        return text
    hand_in = row.hand_in
    for each in (hand_in.uid, hand_in.name, hand_in.participant):
        if each:
            text = text.replace(each, names[hand_in.label])
    return text


def _place(row: Row, names: Mapping[str, str] | None) -> str:
    return names[row.hand_in.label] if names else ""  # as they are, where they have names


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.status] = counts.get(row.status, 0) + 1
    return counts


def _distribution(rows: Sequence[Row]) -> list[Bar]:
    totals = [row.total for row in rows if row.total is not None]
    if not totals:
        return []
    counts = [0] * (int(max(totals)) // STEP + 1)
    for total in totals:
        counts[int(total) // STEP] += 1
    bars = []
    for i, count in enumerate(counts):
        span = f"{i * STEP} to below {(i + 1) * STEP}"
        if i == len(counts) - 1:
            span = f"{i * STEP} and more"
        bars.append(Bar(span, "", count, 100 * count / max(counts)))
    return bars


def _cases(rows: Sequence[Row], questions: Mapping[str, Question]) -> list[Bar]:
    """The cases that cost the class points, those that cost most first."""
    lost: dict[str, float] = {}
    for row in rows:
        for result in row.results:
            for verdict in result.verdicts:
                missing = verdict.case.points - verdict.score
                lost[verdict.case.name] = lost.get(verdict.case.name, 0.0) + missing
    titles = {case.name: case.title for q in questions.values() for case in q.cases}
    costly = sorted((name for name in lost if lost[name]), key=lambda name: (-lost[name], name))
    most = max(lost.values(), default=0.0)
    return [Bar(name, titles[name], lost[name], 100 * lost[name] / most) for name in costly]


def _causes(rows: Sequence[Row]) -> list[Bar]:
    """What mistakes the class made, by how many made them."""
    students: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        for result in row.results:
            for cause in result.causes:
                if cause.names:
                    found = students.setdefault((result.question.name, cause.text), set())
                    found.add(row.hand_in.label)
    order = sorted(students, key=lambda key: (-len(students[key]), key))[:MOST_CAUSES]
    most = max(map(len, students.values()), default=0)
    return [
        Bar(
            question,
            text,
            len(students[question, text]),
            100 * len(students[question, text]) / most,
        )
        for question, text in order
    ]
