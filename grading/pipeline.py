"""The way of the data in one screen: a submission's source in, results out.

    source ─▶ runner ─▶ worker, gate ─┬─tensors, steps─▶ judge ─verdicts─▶ diagnosis ─┬▶ results
                                      └─uses───────────▶ operations ─────▶ findings ──┘

autograder.py calls it. It decides nothing itself: each step is a room of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .cases import Case, Question
from .diagnosis import Cause, causes_of
from .judge import Failure, Verdict, judge
from .operations import Finding, Operations, once_each
from .outcome import Outcome, Refusal, Request

Track = Callable[[Iterable[Outcome], Question], Iterable[Outcome]]


class RunsRequests(Protocol):
    """What runner.Runner and debugger.Debugger have in common."""

    def load(self) -> Outcome: ...

    def run(
        self, requests: Iterable[tuple[Request, dict[str, np.ndarray]]]
    ) -> Iterator[Outcome]: ...


@dataclass(frozen=True)
class Result:
    """What one question earned.

    Attributes:
        findings: the operations that its layer used and may not.
        refusals: what was out of reach, and did not run.
        slow: the cases that ran out of time and passed when they were tried again.
    """

    question: Question
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    slow: tuple[str, ...] = ()

    @functools.cached_property
    def causes(self) -> tuple[Cause, ...]:
        """Why its cases failed, each cause once."""
        return causes_of(self.verdicts)

    @property
    def lost(self) -> float:
        """The share of the marks that forbidden operations cost."""
        shares = [self.share(finding) for finding in self.findings]
        return max(shares, default=0.0)

    def share(self, finding: Finding) -> float:
        return self.question.own if finding.own else self.question.share

    @property
    def score(self) -> float:
        return sum(verdict.score for verdict in self.verdicts) * (1 - self.lost)

    @property
    def missing(self) -> str | None:
        """Says that the file defines no class of the question's layer's name, if so."""
        failure = self.verdicts[0].failure
        if failure is None or failure.raised is None or failure.kind != "missing class":
            return None
        return failure.raised.message


@dataclass(frozen=True)
class Marked:
    """What became of one case.

    Attributes:
        findings: the operations that were used in it and may not be, in the order of the calls.
        refusals: what was out of reach in it.
        slow: whether it ran out of time, and passed when it was tried again.
    """

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    slow: bool = False


def grade(questions: Iterable[Question], runner: RunsRequests, track: Track) -> Iterator[Result]:
    """Yields a Result for every question; ``track`` shows how far a question's outcomes are."""
    for question in questions:
        yield result_of(question, mark(question, runner, track))


def mark(
    question: Question, runner: RunsRequests, track: Track, patient: bool = True
) -> list[Marked]:
    """Runs the cases of a question.

    Args:
        patient: whether to try again at once what ran out of time.
    """
    operations = Operations()
    requests = [(case.request, case.given) for case in question.cases]
    outcomes = list(track(runner.run(requests), question))
    slow = _try_again(requests, outcomes, runner) if patient else []
    marked = []
    for i, (case, outcome) in enumerate(zip(question.cases, outcomes)):
        found: list[Finding] = []
        refused: list[Refusal] = []
        if outcome.response:
            refused += outcome.response.refused
            for call in outcome.response.calls:
                found += operations.findings(question.layer, call.uses)
        marked.append(Marked(_verdict(case, outcome), tuple(found), tuple(refused), i in slow))
    return marked


def result_of(question: Question, marked: Iterable[Marked]) -> Result:
    """Puts together what a question earned."""
    marked = list(marked)
    refusals = [refusal for one in marked for refusal in one.refusals]
    return Result(
        question,
        tuple(one.verdict for one in marked),
        once_each(finding for one in marked for finding in one.findings),
        tuple(dict.fromkeys(refusals)),
        tuple(one.verdict.case.name for one in marked if one.slow),
    )


def _try_again(
    requests: list[tuple[Request, dict[str, np.ndarray]]],
    outcomes: list[Outcome],
    runner: RunsRequests,
) -> list[int]:
    """Asks again, alone, what ran out of time: a grade must not depend on how busy a machine is.

    Changes the outcomes, and returns the places of those that were in time now.
    """
    if runner.load().fault:
        return []
    late = [i for i, outcome in enumerate(outcomes) if outcome.late]
    for i in late:
        outcomes[i] = next(runner.run(requests[i : i + 1]))
        if outcomes[i].late:
            return []
    skipped = [i for i, outcome in enumerate(outcomes) if outcome.skipped]
    for i, outcome in zip(skipped, runner.run([requests[i] for i in skipped])):
        outcomes[i] = outcome
    return late


def _verdict(case: Case, outcome: Outcome) -> Verdict:
    try:
        failure = judge(case, outcome)
    except Exception as fault:  # the grader's own, and never a student's zero
        failure = Failure("error", f"the grader itself failed here: {fault!r}")
        return Verdict(case, "error", failure, printed=outcome.printed)
    status = "failed" if failure else "passed"
    return Verdict(case, status, failure, printed=outcome.printed, arrays=outcome.arrays)
