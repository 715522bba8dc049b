"""The way of the data in one screen: a submission's source in, results out.

    source ─▶ policy ──────findings──────────────┐
       └────▶ runner ─▶ worker ─outcomes─▶ judge ─▶ verdicts ─▶ results ─▶ report

autograder.py calls it. It decides nothing itself: each step is a room of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .cases import Case, Question
from .judge import Failure, Verdict, judge, name_mistakes
from .outcome import Outcome, Request
from .policy import Finding, check_operations, check_source

Track = Callable[[Iterable[Outcome], Question], Iterable[Outcome]]


class RunsRequests(Protocol):
    """What runner.Runner and debugger.Debugger have in common."""

    def load(self) -> Outcome: ...

    def run(
        self, requests: Iterable[tuple[Request, dict[str, np.ndarray]]]
    ) -> Iterator[Outcome]: ...


@dataclass(frozen=True)
class Result:
    """What one question earned. Findings are the operations it may not use."""

    question: Question
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def withheld(self) -> bool:
        return any(finding.suspicious for finding in self.findings)

    @property
    def score(self) -> float:
        if self.withheld:
            return 0.0
        earned = sum(verdict.score for verdict in self.verdicts)
        return earned * (1 - self.question.share) if self.findings else earned

    @property
    def missing(self) -> str | None:
        """Says that the file defines no class of the question's layer's name, if so."""
        failure = self.verdicts[0].failure
        if failure is None or failure.raised is None or failure.kind != "missing class":
            return None
        return failure.raised.message


def grade(
    questions: Iterable[Question], text: str, runner: RunsRequests, track: Track
) -> Iterator[Result]:
    """Yields a Result for every question; ``track`` shows how far a question's outcomes are."""
    written = check_source(text)
    for question in questions:
        findings = [finding for finding in written if question.layer in finding.layers]
        outcomes = runner.run([(case.request, case.given) for case in question.cases])
        verdicts = []
        for case, outcome in zip(question.cases, track(outcomes, question)):
            verdicts.append(_verdict(case, outcome))
            for call in outcome.response.calls if outcome.response else ():
                findings += check_operations(question.layer, call.operations, call.aten)
        yield Result(question, tuple(name_mistakes(verdicts)), _once_each(findings))


def _verdict(case: Case, outcome: Outcome) -> Verdict:
    try:
        failure = judge(case, outcome)
    except Exception as fault:  # the grader's own, and never a student's zero
        failure = Failure("error", f"the grader itself failed here: {fault!r}")
        return Verdict(case, "error", failure, printed=outcome.printed)
    status = "failed" if failure else "passed"
    return Verdict(case, status, failure, printed=outcome.printed)


def _once_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding of each name, in the order of their lines."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.name.rpartition(".")[2], finding)
    return tuple(sorted(first.values(), key=lambda finding: finding.line or 0))
