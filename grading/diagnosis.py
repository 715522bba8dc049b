"""From what went wrong to why: the causes of a question's failures, each with its cases.

A case stores what every mistake of the catalogue, and every pair of them, makes of it. The mistakes
that are named are the fewest that account for all cases of the question, those that passed too.
Where no set of them does, another fault is there as well: then a set is named in the cases that it
accounts for exactly, if it does so in most of those that it would fail. Sets that nothing tells
apart name only what they have in common.

Pure: it runs nothing, reads nothing and prints nothing. numpy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .cases import ABSENT, base
from .fingerprint import STEPS
from .judge import Verdict

# Of the failed cases that a set of mistakes alone would fail, the share that it must account for
# where it does not account for all.
ENOUGH = 0.5
MOST = 0.5  # of the failed cases, that must be accounted for where not all are
DISTINCT = 3  # failures of a question that tell as much as numbers do, if a set accounts for all
FEWEST = 2  # cases that a pair, or a mistake for which no numbers speak, must account for there


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
    """Returns the causes of a question's failed cases, those that cost most first.

    Cases without a name have one cause if they look the same. What was not run, or where the grader
    is at fault, has none.
    """
    groups: dict[tuple[tuple[str, ...], str], list[Verdict]] = {}
    for verdict, names in zip(verdicts, name_mistakes(verdicts)):
        failure = verdict.failure
        if failure is None or failure.kind == "skipped" or verdict.status == "error":
            continue
        text = failure.seen or failure.text
        if names:
            text = "\n".join(verdict.case.hints[name] for name in names)
        groups.setdefault((tuple(map(base, names)), text), []).append(verdict)
    causes = [Cause(names, text, tuple(group)) for (names, text), group in groups.items()]
    return tuple(sorted(causes, key=lambda cause: -cause.points))


def name_mistakes(verdicts: Sequence[Verdict]) -> list[tuple[str, ...]]:
    """Returns the mistakes that explain each verdict, none where it passed or nothing fits.

    Of a mistake's variants it is the one that was seen: eps-inside-log/1e-10.
    """
    named: list[tuple[str, ...]] = [()] * len(verdicts)
    places = [i for i, verdict in enumerate(verdicts) if _is_evidence(verdict)]
    if any(verdicts[i].failure for i in places):  # to weigh all sets is work for nothing else
        evidence = _Evidence([verdicts[i] for i in places])
        for row, names in evidence.explain().items():
            named[places[row]] = names
    return named


def _is_evidence(verdict: Verdict) -> bool:
    """Whether it tells mistakes apart: not where time ran out, or where the grader is at fault."""
    if not verdict.case.hints or verdict.status == "error":
        return False
    return verdict.failure is None or verdict.failure.fingerprint is not None


class _Evidence:
    """A question's verdicts against what each set of one or two mistakes would make of its cases.

    Rows are verdicts and columns are sets. Set k is the mistakes ``first[k]`` and ``second[k]``,
    or one, where they are the same.
    """

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        self.names = list(verdicts[0].case.hints)
        self.first, self.second = np.triu_indices(len(self.names))
        self.is_pair = self.first != self.second
        self.place = {pair: k for k, pair in enumerate(zip(self.first, self.second))}
        self.failed = np.array([verdict.failure is not None for verdict in verdicts])
        self.is_weak = np.array([_is_weak(verdict) for verdict in verdicts])
        self.prints = np.array([verdict.case.mistakes["of"] for verdict in verdicts])
        self.is_exact = np.array([_agreement(verdict) for verdict in verdicts])
        self.agrees = self.is_exact | np.array([_kinship(verdict) for verdict in verdicts])
        alone = self.prints[:, ~self.is_pair]
        self.is_of_one = (self.prints == alone[:, self.first]) | (
            self.prints == alone[:, self.second]
        )
        failing = (self.prints != 0) & (self.failed & ~self.is_weak)[:, None]
        self.has_numbers = (self.is_exact & failing).any(axis=0)
        # An exception that takes two mistakes may come of a third as well, unless its sizes are
        # right in one case after another.
        if len({v.failure.fingerprint for v in verdicts if v.failure}) < DISTINCT:
            self.agrees &= self.is_of_one | ~self.is_weak[:, None] | self.has_numbers
        exists = self.prints[0] != ABSENT
        self.possible = exists & self.agrees[~self.failed].all(axis=0)

    def explain(self) -> dict[int, tuple[str, ...]]:
        """Returns the names of each failed row that is explained."""
        failures = np.flatnonzero(self.failed).tolist()
        accounts = self.possible & self.agrees[failures].all(axis=0)
        for is_pair in (False, True):
            sets = np.flatnonzero(accounts & (self.is_pair == is_pair))
            if len(sets):
                exact = self.is_exact[:, sets].sum(axis=0)
                sets = sets[exact == exact.max()]
                return self.confirmed({row: sets for row in failures})
        return self.explain_in_part()

    def explain_in_part(self) -> dict[int, tuple[str, ...]]:
        """Goes on with the sets that explain most, and add the fewest mistakes to those found.

        Where most failures stay without an explanation, a fault that is unknown may look like a
        known one in some cases by chance: then none is named.
        """
        usable = self.possible & self.is_plausible()
        is_doubtful = self.is_pair | ~self.has_numbers
        accepted: set[str] = set()
        explaining: dict[int, np.ndarray] = {}
        left = self.failed.copy()
        while left.any():
            is_new = np.array([base(name) not in accepted for name in self.names])
            added = is_new[self.first] + (is_new[self.second] & self.is_pair).astype(int)
            gains = np.where(usable, (self.agrees & left[:, None]).sum(axis=0), 0)
            gains[is_doubtful & (added > 0) & (gains < FEWEST)] = 0
            gains[self.is_pair & ~self.has_numbers & (added > 0)] = 0
            gains[gains > 0] += (self.is_exact & left[:, None]).sum(axis=0)[gains > 0]
            if not gains.any():
                break
            least = added[gains > 0].min()
            gains[added != least] = 0
            sets = np.flatnonzero(gains == gains.max())
            for row in np.flatnonzero(left & self.agrees[:, sets].any(axis=1)).tolist():
                explaining[row] = sets[self.agrees[row, sets]]
                accepted.update(map(base, self.shared_names(row, explaining[row])))
                left[row] = False
        if len(explaining) < MOST * self.failed.sum():
            return {}
        return self.confirmed(explaining)

    def confirmed(self, explaining: dict[int, np.ndarray]) -> dict[int, tuple[str, ...]]:
        """Names the sets that explain each row, where nothing but a number of elements speaks for
        them only those that are named in another row as well."""
        named = {row: self.shared_names(row, sets) for row, sets in explaining.items()}
        is_sure = {row: self.is_exact[row, sets].any() for row, sets in explaining.items()}
        sure = {base(name) for row, names in named.items() if is_sure[row] for name in names}
        return {
            row: tuple(name for name in names if is_sure[row] or base(name) in sure)
            for row, names in named.items()
        }

    def is_plausible(self) -> np.ndarray:
        """Which sets account for enough of the failed rows that they would fail.

        Of a set for which no numbers speak, this is all.
        """
        would_fail = (self.prints != 0) & self.failed[:, None]
        explained = self.agrees & would_fail
        wanted = np.where(self.has_numbers, ENOUGH, 1.0) * would_fail.sum(axis=0)
        return explained.sum(axis=0) >= wanted

    def shared_names(self, row: int, sets: np.ndarray) -> tuple[str, ...]:
        """Names the mistakes that matter in a row in every one of the sets, in any variant."""
        names = [self.mattering(row, k) for k in sets]
        bases = [set(map(base, of_set)) for of_set in names]
        shared = bases[0].intersection(*bases[1:])
        return tuple(name for name in names[0] if base(name) in shared)

    def mattering(self, row: int, k: int) -> tuple[str, ...]:
        """The mistakes of a set without which the row would be another.

        Where either of two would do alone, both are named. One that alone lets the row pass, beside
        one that fails it, gives the failure another form and not its reason: so does a loop.
        """
        one, other = self.first[k], self.second[k]
        if one == other:
            return (self.names[one],)
        prints = self.prints[row]
        with_both = prints[k]
        with_one, with_other = prints[self.place[one, one]], prints[self.place[other, other]]
        matters_one = with_other != with_both and (with_one != 0 or with_other == 0)
        matters_other = with_one != with_both and (with_other != 0 or with_one == 0)
        if matters_one == matters_other:
            return self.names[one], self.names[other]
        return (self.names[one] if matters_one else self.names[other],)


def _is_weak(verdict: Verdict) -> bool:
    """Whether there is no number to go by: an exception, or nothing but nan, infinities and 0."""
    failure = verdict.failure
    if failure is None or failure.fingerprint is None:
        return False
    return failure.raised is not None or not any(failure.fingerprint.sums)


def _agreement(verdict: Verdict) -> np.ndarray:
    """Which sets of mistakes would make of a case what was seen."""
    mistakes = verdict.case.mistakes
    of = mistakes["of"]
    if verdict.failure is None or verdict.failure.fingerprint is None:
        if verdict.case.kind != "efficiency":
            return of == 0
        # How many steps a layer takes depends on its form, not on the mistake alone.
        costs_nothing = mistakes["mark"] == STEPS
        costs_nothing[0] = True
        return _of_each(costs_nothing, of)
    same = verdict.failure.fingerprint.among(mistakes["mark"], mistakes["sums"])
    same[0] = False  # a passed case's
    return _of_each(same, of)


def _kinship(verdict: Verdict) -> np.ndarray:
    """Which sets make a result of as many elements, that a reshape takes or refuses."""
    mistakes = verdict.case.mistakes
    known = verdict.failure.fingerprint if verdict.failure else None
    if known is None:
        return np.zeros(len(mistakes["of"]), bool)
    return _of_each(known.akin(mistakes["elements"]), mistakes["of"])


def _of_each(values: np.ndarray, of: np.ndarray) -> np.ndarray:
    """The value of each set's fingerprint, False where there is no such set."""
    return np.append(values, False)[np.minimum(of, len(values))]
