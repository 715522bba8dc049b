"""What an edit changed: one grading of a file against the one before it.

Pure: it runs nothing, reads nothing and prints nothing.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from .diagnosis import Cause
from .judge import Verdict
from .operations import Finding
from .outcome import Refusal
from .pipeline import Result

LEAST = 0.005  # points that count as a change: less does not show

Told = Cause | Finding | Refusal | Verdict | str


@dataclass(frozen=True)
class Grading:
    """What one state of a file came to.

    Attributes:
        headlines: what is said of each question as a whole in place of causes, if anything is.
    """

    results: tuple[Result, ...]
    headlines: tuple[str | None, ...]
    remarks: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        return sum(result.score for result in self.results)

    @property
    def points(self) -> float:
        return sum(result.question.points for result in self.results)


@dataclass(frozen=True)
class Difference:
    """What came, went and stayed of all that is told; each in the order in which it is told."""

    new: tuple[Any, ...]
    gone: tuple[Any, ...]
    kept: tuple[Any, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.gone)


@dataclass(frozen=True)
class QuestionChange:
    """What changed in one question.

    Attributes:
        told: of its causes, operations that are not allowed, what was refused, verdicts that are
            the grader's fault, and the line that is said of it as a whole.
        verdicts: those that differ, as they are now.
        prints: whether it prints something else than before.
    """

    result: Result
    gained: float
    told: Difference
    verdicts: tuple[Verdict, ...]
    prints: bool

    def __bool__(self) -> bool:
        return bool(self.told) or self.prints or abs(self.gained) > LEAST


@dataclass(frozen=True)
class Change:
    """What changed in all that was graded."""

    now: Grading
    gained: float
    questions: tuple[QuestionChange, ...]
    remarks: Difference

    def __bool__(self) -> bool:
        return any(self.questions) or bool(self.remarks)


def change(before: Grading, now: Grading) -> Change:
    """Compares two gradings with the same cases."""
    questions = [
        _of_question(before.results[i], before.headlines[i], now.results[i], now.headlines[i])
        for i in range(len(now.results))
    ]
    remarks = _difference(_keyed(before.remarks), _keyed(now.remarks))
    return Change(now, now.score - before.score, tuple(questions), remarks)


def _of_question(
    before: Result, headline_before: str | None, now: Result, headline: str | None
) -> QuestionChange:
    told = _difference(_told(before, headline_before), _told(now, headline))
    if headline:
        # What the causes were is hidden by it, and not mended.
        gone = tuple(thing for thing in told.gone if not isinstance(thing, Cause))
        told = Difference(told.new, gone, told.kept)
    verdicts = [
        verdict
        for verdict, earlier in zip(now.verdicts, before.verdicts)
        if _seen(verdict) != _seen(earlier)
    ]
    prints = _printed(now) != _printed(before)
    return QuestionChange(now, now.score - before.score, told, tuple(verdicts), prints)


def _seen(verdict: Verdict) -> tuple[str, str, str]:
    text = verdict.failure.text if verdict.failure else ""
    return verdict.status, text, verdict.printed


def _printed(result: Result) -> list[str]:
    return [verdict.printed for verdict in result.verdicts]


def _difference(before: dict[Hashable, Told], now: dict[Hashable, Told]) -> Difference:
    return Difference(
        tuple(thing for key, thing in now.items() if key not in before),
        tuple(thing for key, thing in before.items() if key not in now),
        tuple(thing for key, thing in now.items() if key in before),
    )


def _told(result: Result, headline: str | None) -> dict[Hashable, Told]:
    """All that is told of a question, each by what it is known by in another grading."""
    things: list[Told] = [headline] if headline else [*result.causes]
    things += [verdict for verdict in result.verdicts if verdict.status == "error"]
    things += [*result.findings, *result.refusals]
    return _keyed(things)


def _keyed(things: Iterable[Told]) -> dict[Hashable, Told]:
    """Things by their keys, of which those that are alike are counted."""
    keyed: dict[Hashable, Told] = {}
    for thing in things:
        count = 0
        while (_key(thing), count) in keyed:
            count += 1
        keyed[_key(thing), count] = thing
    return keyed


def _key(thing: Told) -> Hashable:
    """What a thing is known by: never a line's number, which moves with every line above it."""
    if isinstance(thing, Cause):
        return thing.names or ("", *_symptom(thing))
    if isinstance(thing, Finding):
        return "operation", thing.name
    if isinstance(thing, Refusal):
        return "refusal", thing.what
    if isinstance(thing, Verdict):
        return "error", thing.case.name
    return thing


def _symptom(cause: Cause) -> tuple[str, ...]:
    """What is seen of a cause that has no name: of an exception its message, and the statement."""
    failure = cause.verdicts[0].failure
    if failure and failure.raised:
        statements = [frame.source for frame in failure.raised.frames[-1:]]
        return (failure.raised.summary, *statements)
    return (re.sub(r"\bline [0-9]+", "line", cause.text),)
