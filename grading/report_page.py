"""The report as a page: the grade, the causes, and every case, folded, with pictures if it failed.

What a submission says is clipped here, so that no page grows without end, and escaped by the
template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from . import pages
from .cases import as_text
from .diagnosis import Cause
from .judge import Verdict
from .messages import meaning
from .outcome import SKIPPED, Frame, Raised, clean
from .pictures import Figure, Losses, figures, losses
from .pipeline import Result
from .report import (
    MOST_FRAMES,
    causes_by_verdict,
    example_of_prints,
    findings,
    headline,
    is_skipped,
    numbered,
    plural,
    tried,
)
from .whole import whole

TEMPLATE = pages.TEMPLATES / "report.html.j2"
MOST = 2000  # characters of any one text
MOST_LINES = 40


@dataclass(frozen=True)
class Line:
    """A line of the submission that an exception passed through."""

    number: int
    function: str
    source: str
    shapes: str


@dataclass(frozen=True)
class CaseView:
    """What is shown of a case.

    Attributes:
        anchor: its place on the page.
        told: what is wrong, and why, a paragraph each.
        tried: how its first call can be tried by hand.
    """

    anchor: str
    name: str
    title: str
    status: str
    points: str
    told: tuple[str, ...]
    lines: tuple[Line, ...]
    figures: tuple[Figure, ...]
    losses: Losses | None
    tried: str
    printed: str


@dataclass(frozen=True)
class CauseView:
    """Attributes: cost: in words; cases: the anchor of each, and its name without the question."""

    text: str
    cost: str
    lines: tuple[Line, ...]
    cases: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class QuestionView:
    """What is shown of a question.

    Attributes:
        share: of its points that were earned, in percent.
        headline: what is said of it as a whole in place of causes.
        found: operations that are not allowed, and what was refused.
        printed: what it printed in one case, and that case's name.
    """

    name: str
    title: str
    points: str
    share: float
    headline: str
    causes: tuple[CauseView, ...]
    found: tuple[str, ...]
    skipped: str
    printed: tuple[str, str] | None
    cases: tuple[CaseView, ...]
    passed: int


def write_page(
    path: str | PathLike[str],
    name: str | PathLike[str],
    results: Sequence[Result],
    remarks: Sequence[str],
    source: str,
) -> None:
    """Writes the page. Raises: OSError if it cannot.

    Args:
        name: of the file that was graded.
        source: its text, for what is said of a question as a whole.
    """
    earned = sum(result.score for result in results)
    possible = sum(result.question.points for result in results)
    _write(
        path,
        title=f"{_file(name)}: {as_text(earned)} of {plural(possible, 'point')}",
        reason="",
        questions=[_question(result, source) for result in results],
        remarks=[_clipped(remark) for remark in remarks],
        total=f"{as_text(earned)}/{as_text(possible)}",
        share=_percent(earned, possible),
    )


def write_reason_page(path: str | PathLike[str], name: str | PathLike[str], reason: str) -> None:
    """Writes the page of a submission that could not be graded at all. Raises: OSError."""
    _write(path, title=f"{_file(name)}: not graded", reason=_clipped(clean(reason)))


def _write(path: str | PathLike[str], **values: object) -> None:
    text = pages.render(TEMPLATE, **values)
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")


def _file(name: str | PathLike[str]) -> str:
    return clean(Path(name).name or name)


def _percent(earned: float, possible: float) -> float:
    return 100 * earned / possible if possible else 0.0


def _clipped(text: str) -> str:
    """The beginning of a text that is too long for a page, and how much is left out."""
    kept = "\n".join(text[:MOST].split("\n")[:MOST_LINES])
    left_out = len(text) - len(kept)
    return f"{kept} … and {left_out:,} characters more" if left_out else text


def _question(result: Result, source: str) -> QuestionView:
    question = result.question
    as_a_whole = headline(result, source) or ""
    causes: tuple[CauseView, ...] = ()
    if not as_a_whole:
        causes = tuple(_cause(text, cause) for _, text, cause in numbered(result.causes))
    told = causes_by_verdict(result)
    return QuestionView(
        question.name,
        question.title,
        f"{as_text(result.score)}/{as_text(question.points)}",
        _percent(result.score, question.points),
        _clipped(as_a_whole),
        causes,
        tuple(_clipped(text) for text in findings(result)),
        _skipped(result),
        _printed(result),
        tuple(_case(verdict, told.get(id(verdict), "")) for verdict in result.verdicts),
        sum(verdict.status == "passed" for verdict in result.verdicts),
    )


def _cause(text: str, cause: Cause) -> CauseView:
    verdicts = cause.verdicts
    cases = "1 case" if len(verdicts) == 1 else f"{len(verdicts)} cases"
    failure = verdicts[0].failure
    lines: tuple[Line, ...] = ()
    if failure and failure.raised and not cause.names:
        lines = _lines(failure.raised)
    return CauseView(
        _clipped(text),
        f"costs {plural(cause.points, 'point')} in {cases}",
        lines,
        tuple((_anchor(verdict), verdict.case.name.partition("/")[2]) for verdict in verdicts),
    )


def _lines(raised: Raised) -> tuple[Line, ...]:
    return tuple(_line(frame) for frame in raised.frames[-MOST_FRAMES:])


def _line(frame: Frame) -> Line:
    texts = (_clipped(text) for text in (frame.function, frame.source, frame.shapes))
    return Line(frame.line, *texts)


def _skipped(result: Result) -> str:
    count = sum(map(is_skipped, result.verdicts))
    return f"Not run: {count} cases, since {SKIPPED}" if count else ""


def _printed(result: Result) -> tuple[str, str] | None:
    verdict, count = example_of_prints(result)
    if verdict is None:
        return None
    others = ""
    if count > 1:
        others = f" ({count - 1} other cases printed, too)"
    return f"Printed in {verdict.case.name}{others}", _clipped(verdict.printed)


def _anchor(verdict: Verdict) -> str:
    return verdict.case.name.replace("/", "-")


def _case(verdict: Verdict, cause: str) -> CaseView:
    case = verdict.case
    failure = verdict.failure
    raised = failure.raised if failure else None
    return CaseView(
        _anchor(verdict),
        case.name,
        case.title,
        verdict.status,
        f"{as_text(verdict.score)}/{as_text(case.points)}",
        tuple(map(_clipped, _told(verdict, cause))),
        _lines(raised) if raised else (),
        tuple(figures(verdict)),
        losses(verdict),
        "" if is_skipped(verdict) else tried(verdict),
        _clipped(verdict.printed),
    )


def _told(verdict: Verdict, cause: str) -> list[str]:
    """What went wrong in a case, its cause first; of an exception, the lines stand apart."""
    failure = verdict.failure
    if failure is None:
        return []
    told = []
    raised = failure.raised
    if cause and cause != failure.text:
        told.append(cause)
    if raised and raised.type == "NotImplementedError":
        told.append(f"{verdict.case.request['layer']} is not written yet.")
    told.append(raised.summary if raised else failure.text)
    words = meaning(raised.message) if raised else None
    if words:
        told.append(words)
    return told
