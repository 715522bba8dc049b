"""From what went wrong to why: the causes of a question's failures, each with its cases.

Pure: it runs nothing, reads nothing and prints nothing. numpy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .judge import Verdict


@dataclass(frozen=True)
class Cause:
    """Why some cases of a question failed.

    Attributes:
        names: the mistakes of the catalogue that it is; none if no name fits, and the text only
            says what is seen.
        text: what is wrong, and the way out.
        verdicts: the failed cases that it explains, in their order.
    """

    names: tuple[str, ...]
    text: str
    verdicts: tuple[Verdict, ...]

    @property
    def points(self) -> float:
        """What it costs."""
        return sum(verdict.case.points - verdict.score for verdict in self.verdicts)


def causes_of(verdicts: Sequence[Verdict]) -> tuple[Cause, ...]:
    """Returns the causes of a question's failed cases, those that cost most first."""
    groups: dict[tuple[tuple[str, ...], str], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.failure is None:
            continue
        if verdict.misconception:
            names = (verdict.misconception,)
            text = verdict.case.hints[verdict.misconception]
        else:
            names = ()
            text = verdict.failure.text
        groups.setdefault((names, text), []).append(verdict)
    causes = [Cause(names, text, tuple(group)) for (names, text), group in groups.items()]
    return tuple(sorted(causes, key=lambda cause: -cause.points))
