"""What an edit changed: one grading of a file against the one before it.

Pure: it runs nothing, reads nothing and prints nothing.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

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
class Gone:
    """What is told no more.

    Attributes:
        is_mended: whether a case passes now that it failed; else another fault may hide it.
    """

    thing: Told
    is_mended: bool


@dataclass(frozen=True)
class QuestionChange:
    """What changed in one question, of all that is told of it.

    That is its causes, what it used or reached for and may not, verdicts that are the grader's
    fault, and the line that is said of it as a whole.

    Attributes:
        new: a cause is new if one of its mistakes is.
        gone: a mistake of the catalogue as its hint.
        verdicts: those that differ, as they are now.
        prints: whether it prints something else than before.
    """

    result: Result
    gained: float
    new: tuple[Told, ...]
    gone: tuple[Gone, ...]
    kept: tuple[Told, ...]
    verdicts: tuple[Verdict, ...]
    prints: bool

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.prints or abs(self.gained) > LEAST)


@dataclass(frozen=True)
class Change:
    """What changed in all that was graded.

    Attributes:
        remarks: those that are new.
    """

    now: Grading
    gained: float
    questions: tuple[QuestionChange, ...]
    remarks: tuple[str, ...]

    def __bool__(self) -> bool:
        return any(self.questions) or bool(self.remarks)


def change(before: Grading, now: Grading) -> Change:
    """Compares two gradings with the same cases."""
    questions = [
        _of_question(before.results[i], before.headlines[i], now.results[i], now.headlines[i])
        for i in range(len(now.results))
    ]
    remarks = tuple(remark for remark in now.remarks if remark not in before.remarks)
    return Change(now, now.score - before.score, tuple(questions), remarks)


def _of_question(
    before: Result, headline_before: str | None, now: Result, headline: str | None
) -> QuestionChange:
    told = _told(now, headline)
    parts_before = _parts(_told(before, headline_before))
    parts_now = _parts(told)
    passed = {verdict.case.name for verdict in now.verdicts if verdict.status == "passed"}
    gone = [
        Gone(part.thing, not part.cases or not part.cases.isdisjoint(passed))
        for key, part in parts_before.items()
        if key not in parts_now
    ]
    if headline:
        gone = []  # whatever was wrong, it is hidden now
    is_new = [not _parts([thing]).keys() <= parts_before.keys() for thing in told]
    return QuestionChange(
        result=now,
        gained=now.score - before.score,
        new=tuple(thing for thing, new in zip(told, is_new) if new),
        gone=tuple(gone),
        kept=tuple(thing for thing, new in zip(told, is_new) if not new),
        verdicts=_other_verdicts(before, now),
        prints=_printed(before) != _printed(now),
    )


def _other_verdicts(before: Result, now: Result) -> tuple[Verdict, ...]:
    pairs = zip(before.verdicts, now.verdicts)
    return tuple(verdict for earlier, verdict in pairs if _seen(earlier) != _seen(verdict))


def _seen(verdict: Verdict) -> tuple[str, str, str]:
    text = verdict.failure.text if verdict.failure else ""
    return verdict.status, text, verdict.printed


def _printed(result: Result) -> list[str]:
    return [verdict.printed for verdict in result.verdicts]


def _told(result: Result, headline: str | None) -> list[Told]:
    """All that is told of a question."""
    causes: list[Told] = [headline] if headline else [*result.causes]
    errors = [verdict for verdict in result.verdicts if verdict.status == "error"]
    return [*causes, *errors, *result.findings, *result.refusals]


@dataclass(frozen=True)
class _Part:
    """What comes or goes as one: a mistake that several causes share, or any other thing.

    Attributes:
        cases: the names of those that failed for it; none if it has no cases of its own.
    """

    thing: Told
    cases: frozenset[str] = frozenset()


def _parts(things: Iterable[Told]) -> dict[Hashable, _Part]:
    """The parts of things, each by what it is known by in another grading."""
    parts: dict[Hashable, _Part] = {}
    for thing in things:
        if not isinstance(thing, Cause):
            parts[_key(thing)] = _Part(thing)
            continue
        mistakes: dict[Hashable, Told] = dict(zip(thing.names, thing.text.splitlines()))
        cases = frozenset(verdict.case.name for verdict in thing.verdicts)
        for key, told in (mistakes or {_symptom(thing): thing}).items():
            shared = parts[key].cases if key in parts else frozenset()
            parts[key] = _Part(told, cases | shared)
    return parts


def _key(thing: Told) -> Hashable:
    """What a thing is known by: never a line's number, which moves with every line above it."""
    if isinstance(thing, Finding):
        return "operation", thing.name
    if isinstance(thing, Refusal):
        return "refused", thing.what
    if isinstance(thing, Verdict):
        return "error", thing.case.name
    return thing


def _symptom(cause: Cause) -> Hashable:
    """What is seen of a cause that has no name: of an exception its message, and the statement."""
    failure = cause.verdicts[0].failure
    if failure and failure.raised:
        statements = [frame.source for frame in failure.raised.frames[-1:]]
        return (failure.raised.summary, *statements)
    return (re.sub(r"\bline [0-9]+", "line", cause.text),)
