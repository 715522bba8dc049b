"""Ranks the pairs of a class by what they share that is rare in it: reasons to look, no verdicts.

    python -m staff.similarity SUBMISSIONS --out DIR

SUBMISSIONS is what grade_class reads. DIR gets pairs.csv and similarity.html, which shows the pairs
with both layers side by side. With --earlier DIR (as often as there are years) a pair may be of
this class and of an earlier one; with --graded DIR, the folder that grade_class wrote, the same
mistakes and the same wrong numbers count, too.

What two files share is weighed by how rare it is here:

    w = weight(kind) · log((N + 1) / n) / m^(1/4)

N is the number of files, n how many have it, m how many things of its kind stand in just these
files (they are one piece of evidence more or less); what the handout gives does not count. The sum
of w over what two share is no score yet, since right answers are made of few idioms, and who writes
one writes its neighbours. A pair's score is what is left of it once all others are accounted for:
the partial correlation, in which the whole counts as much as the mean of the four layers. It is 100
for two files that have all with each other and nothing with anybody else. No number is a threshold:
beside the scores stands how high honest pairs of this class are expected to come.

Exit status: 0; 1 if a file cannot be read or written; 2 bad usage; 130 for Ctrl-C.
"""

from __future__ import annotations

import argparse
import collections
import csv
import functools
import hashlib
import io
import itertools
import json
import math
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from grading import GraderError, pages
from grading.whole import whole, write_text
from staff.command import positive, run_tool
from staff.disguises import Line, Shared, disguises, marked
from staff.forms import LAYERS, Feature, features
from staff.grades import guarded
from staff.intake import HandIn, read_class
from staff.starter import starter

TEMPLATE = Path(__file__).with_name("similarity.html.j2")
# What one shared thing weighs: there are many words, and they are easily changed.
WEIGHTS = {
    "form": 0.5,
    "path": 1.0,
    "comment": 0.5,
    "message": 0.5,
    "name": 0.5,
    "line": 0.5,
    "number": 1.0,
    "cause": 2.0,
    "wrong numbers": 8.0,
}
ELSEWHERE = ""  # the part of a file that is in no layer
PARTS = (*LAYERS, ELSEWHERE)
DAMPING = 0.25  # the power of m above
# How much less the others account for than they could, so that chance does not: as if to what a
# file has in common with itself so many times as much were added. This, DAMPING and WEIGHTS were
# chosen on tests/alike, tests/alike_unseen and simulated classes.
RIDGE = 2.0
MOST_OTHERS = 10  # pairs that are shown for one layer alone, and for their sum
ALIKE = 0.5  # of what a pair shares, so much makes a third one like it
MOST_SHARED = 8  # things that are named
FEWEST = 10  # files of which it can be said what chance gives
MOST_SHOWN = 30  # pairs that the page shows
K_GRAM, WINDOW = 25, 6  # of copydetect: its own defaults


@dataclass
class File:
    """A file with what is found in it.

    Attributes:
        year: the folder of an earlier year that it is from; "" of this class.
        found: by part, the features with their lines.
        fault: why nothing could be read of it.
    """

    hand_in: HandIn
    year: str = ""
    found: Mapping[str, Mapping[Feature, set[int]]] = field(default_factory=dict)
    fault: str = ""

    @property
    def name(self) -> str:
        return f"{self.hand_in.name} ({self.year})" if self.year else self.hand_in.name

    @property
    def label(self) -> str:
        """Unlike any other's."""
        return f"{self.year}.{self.hand_in.label}" if self.year else self.hand_in.label

    @property
    def text(self) -> str:
        return self.hand_in.source.text if self.hand_in.source else ""


@dataclass(frozen=True)
class Pair:
    """Two files of a class.

    Attributes:
        score: 100 at most.
        layer: the one in which they come nearest, and the score of that alone.
        weights: of what they share, by part.
        alike: how many others have at least ALIKE of what the two share: by part, and of all.
        shared: what both have and few others, in words.
        remarks: what is odd about the pair itself.
        disguises: in what the two differ where they are the same.
        opinion: the share of equal tokens that copydetect finds, of either file.
    """

    one: File
    other: File
    score: float
    layer: tuple[str, float]
    weights: Mapping[str, float]
    alike: Mapping[str, int]
    all_alike: int
    shared: Sequence[str]
    remarks: Sequence[str]
    disguises: Sequence[str]
    opinion: tuple[float, float]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"{self.one.label}-{self.other.label}"

    @property
    def weight(self) -> float:
        return sum(self.weights.values())


@dataclass(frozen=True)
class Side:
    """A part of a pair as the page shows it: the lines of one file and of the other."""

    part: str
    weight: float
    alike: int
    lines: Sequence[Line]
    others: Sequence[Line]


@dataclass(frozen=True)
class Expected:
    """How high honest pairs of this class come: half of them, 99 of 100, and the highest."""

    half: float
    most: float
    highest: float


def main() -> None:
    options = parse_arguments()
    files = read_files(options)
    options.out.mkdir(parents=True, exist_ok=True)
    write_all(options.out, files, options.pairs)


def write_all(folder: Path, files: Sequence[File], pairs: int) -> None:
    """Writes pairs.csv, of so many pairs, and the page.

    Raises: GraderError if there are no two files that can be compared.
    """
    comparable = [file for file in files if not file.fault]
    if len(comparable) < 2:
        raise GraderError("there must be two files at least that can be compared")
    table = Table(comparable)
    order = table.order()
    first = order[:MOST_SHOWN]
    lists = {
        "score": order[:pairs],
        "layer": [place for place in table.by_layer() if place not in first][:MOST_OTHERS],
        "sum": [place for place in table.by_sum() if place not in first][:MOST_OTHERS],
    }
    made = {place: table.pair(*place) for places in lists.values() for place in places}
    ranked = {name: [made[place] for place in places] for name, places in lists.items()}
    expected = table.expected()
    write_pairs(folder / "pairs.csv", ranked["score"])
    write_page(folder / "similarity.html", files, ranked, expected, table)
    above = sum(pair.score > expected.highest for pair in ranked["score"])
    print(f"{len(comparable)} of {len(files)} files were compared, in {table.count} pairs")
    if math.isinf(expected.highest):
        print("they are too few to say how high honest pairs come")
    else:
        print(f"the highest honest pair is expected near {expected.highest:.0f}: {above} above")
    print(folder / "similarity.html")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "similarity", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("submissions", type=Path, metavar="SUBMISSIONS", help="a zip or a folder")
    add("--out", type=Path, metavar="DIR", required=True, help="where pairs.csv and the page go")
    add("--earlier", type=Path, metavar="DIR", action="append", help="a class of an earlier year")
    add("--graded", type=Path, metavar="DIR", help="what grade_class wrote: mistakes count, too")
    add("--pairs", type=positive, metavar="N", help="pairs that are written (100)")
    parser.set_defaults(earlier=[], pairs=100)
    return parser.parse_args()


# What the files have


def read_files(options: argparse.Namespace) -> list[File]:
    """Returns the files of the class and of earlier years, with what is found in them."""
    files = [File(hand_in) for hand_in in read_class(options.submissions)]
    for folder in options.earlier:
        files += [File(hand_in, folder.name) for hand_in in read_class(folder)]
    mistakes = read_mistakes(options.graded) if options.graded else {}
    sources = [file.hand_in.source for file in files if file.hand_in.source]
    hashes = {hashlib.sha256(source.blob).hexdigest() for source in sources}
    if options.graded and not hashes & mistakes.keys():
        raise GraderError(f"--graded must be of this class, and {options.graded} has none of it")
    console = Console(stderr=True)
    for file in track(
        files, "Reading", console=console, transient=True, disable=not console.is_terminal
    ):
        file.found, file.fault = look_into(file.hand_in, mistakes)
    return files


def look_into(
    hand_in: HandIn, mistakes: Mapping[str, Mapping[str, Iterable[Feature]]]
) -> tuple[dict[str, dict[Feature, set[int]]], str]:
    """Returns the features of a file by part, or why there are none."""
    if hand_in.source is None:
        return {}, hand_in.fault
    try:
        found = features(hand_in.source.text)
    except SyntaxError as error:
        return {}, f"It is no program: line {error.lineno}, {error.msg}."
    except (ValueError, RecursionError, MemoryError, tokenize.TokenError) as error:
        return {}, f"It cannot be followed: {error}."
    if not found:
        return {}, "It is empty."
    digest = hashlib.sha256(hand_in.source.blob).hexdigest()
    for layer, shared in mistakes.get(digest, {}).items():
        found.setdefault(layer, {}).update((feature, set()) for feature in shared)
    return found, ""


def read_mistakes(folder: Path) -> dict[str, dict[str, list[Feature]]]:
    """Returns the causes and wrong numbers that grade_class found, by source and layer.

    Raises: GraderError if it is no folder of grade_class's.
    """
    paths = sorted((folder / "results").glob("*.json"))
    if not paths:
        raise GraderError(f"--graded must be a folder that grade_class wrote, got {folder}")
    found: dict[str, dict[str, list[Feature]]] = {}
    for path in paths:
        record = json.loads(path.read_text(encoding="utf-8"))
        by_layer = found.setdefault(record["source"], {})
        for i, layer in enumerate(LAYERS, 1):
            by_layer[layer] = list(_mistakes(record, f"q{i}"))
    return found


def _mistakes(record: Mapping, question: str) -> Iterable[Feature]:
    for cause in record["causes"]:
        if cause["question"] == question and cause["names"]:
            yield Feature("cause", " and ".join(cause["names"]))
    sums = [
        [name, *(f"{number:.5g}" for number in case["failure"]["fingerprint"]["sums"])]
        for name, case in sorted(record["cases"].items())
        if name.startswith(f"{question}/") and case["failure"] and case["failure"]["fingerprint"]
    ]
    if any(len(numbers) > 1 for numbers in sums):  # of an exception there are none
        yield Feature("wrong numbers", hashlib.sha256(json.dumps(sums).encode()).hexdigest())


def given() -> set[tuple[str, Feature]]:
    """Returns what the file that students begin with has, by part; words in whatever part."""
    found = set()
    for part, its in features(starter()).items():
        for feature in its:
            found.add((part, feature))
            if feature.kind not in ("form", "path"):
                found |= {(other, feature) for other in PARTS}
    return found


# What they share


class Table:
    """The files of a class against all that at least two of them have.

    Attributes:
        count: of the pairs.
    """

    def __init__(self, files: Sequence[File]):
        self._files = files
        handed_out = given()
        holders = collections.Counter(
            (part, feature)
            for file in files
            for part, its in file.found.items()
            for feature in its
            if (part, feature) not in handed_out
        )
        self.holders = {key: n for key, n in holders.items() if n > 1}
        self._weights = self._weigh()
        self._matrices = {part: self._matrix(part) for part in PARTS}
        self._sums = {part: matrix @ matrix.T for part, matrix in self._matrices.items()}
        self._sum = sum(self._sums.values())
        by_layer = {layer: correlations(self._sums[layer]) for layer in LAYERS}
        layers = sum(by_layer.values()) / len(LAYERS)
        self._scores = partial_correlations((correlations(self._sum) + layers) / 2)
        self._by_layer = {layer: partial_correlations(by_layer[layer]) for layer in LAYERS}
        self._places = [
            (i, j)
            for i, j in itertools.combinations(range(len(files)), 2)
            if not (files[i].year and files[j].year)
        ]
        self.count = len(self._places)

    def _weigh(self) -> dict[tuple[str, Feature], float]:
        """Returns what each thing weighs that two have at least."""
        files: dict[tuple[str, Feature], list[int]] = {key: [] for key in self.holders}
        for i, file in enumerate(self._files):
            for part, its in file.found.items():
                for feature in its:
                    if (part, feature) in files:
                        files[part, feature].append(i)
        groups = collections.Counter(
            (part, feature.kind, *found) for (part, feature), found in files.items()
        )
        return {
            (part, feature): WEIGHTS[feature.kind]
            * math.log((len(self._files) + 1) / len(found))
            / groups[(part, feature.kind, *found)] ** DAMPING
            for (part, feature), found in files.items()
        }

    def weight(self, part: str, feature: Feature) -> float:
        return self._weights.get((part, feature), 0.0)

    def _matrix(self, part: str) -> np.ndarray:
        """A row a file and a column a feature: the root of its weight, so that products add up."""
        columns = {key: i for i, key in enumerate(k for k in self.holders if k[0] == part)}
        matrix = np.zeros((len(self._files), len(columns)), np.float32)
        for row, file in zip(matrix, self._files):
            for feature in file.found.get(part, ()):
                if (part, feature) in columns:
                    row[columns[part, feature]] = math.sqrt(self.weight(part, feature))
        return matrix

    def order(self) -> list[tuple[int, int]]:
        """Returns the places of the pairs: twins, then those with the highest scores."""
        return sorted(self._places, key=lambda p: (not self._are_twins(*p), -self._scores[p], p))

    def _are_twins(self, i: int, j: int) -> bool:
        return self._files[i].text == self._files[j].text

    def by_layer(self) -> list[tuple[int, int]]:
        """Returns the places of the pairs, those that come nearest in one layer first."""
        highest = np.maximum.reduce(list(self._by_layer.values()))
        return sorted(self._places, key=lambda place: (-highest[place], place))

    def by_sum(self) -> list[tuple[int, int]]:
        """Returns the places of the pairs, those that share most first, whoever else has it."""
        return sorted(self._places, key=lambda place: (-self._sum[place], place))

    def expected(self) -> Expected:
        """Says how high honest pairs come, by the pairs of this class.

        Who copied has a score with one file that is higher than with any other, and so has that
        file. The pairs without those that are each other's nearest are what chance gives.
        """
        scores = np.where(np.eye(len(self._files), dtype=bool), -np.inf, self._scores)
        nearest = scores.argmax(axis=1)
        by_chance = sorted(
            scores[place] for place in self._places if not self._is_mutual(*place, nearest)
        )
        if not by_chance:
            by_chance = [0.0]
        count = len(by_chance)
        highest = by_chance[-1] if len(self._files) >= FEWEST else math.inf
        return Expected(by_chance[count // 2], by_chance[count * 99 // 100], highest)

    def _is_mutual(self, i: int, j: int, nearest: np.ndarray) -> bool:
        return bool(nearest[i] == j and nearest[j] == i)

    def pair(self, i: int, j: int) -> Pair:
        one, other = self._files[i], self._files[j]
        weights = {part: float(self._sums[part][i, j]) for part in PARTS}
        alike = {part: self._alike([part], i, j) for part in PARTS if weights[part]}
        return Pair(
            one,
            other,
            float(self._scores[i, j]),
            max(((layer, float(s[i, j])) for layer, s in self._by_layer.items()), key=_second),
            weights,
            alike,
            self._alike(PARTS, i, j),
            self._shared(one, other),
            remarks(one, other),
            disguises(one.text, other.text),
            second_opinion(one.text, other.text),
        )

    def _alike(self, parts: Sequence[str], i: int, j: int) -> int:
        """How many others have at least ALIKE of what two share of some parts."""
        whole = 0.0
        had = np.zeros(len(self._files))
        for part in parts:
            matrix = self._matrices[part]
            both = (matrix[i] > 0) & (matrix[j] > 0)
            weights = matrix[i][both] ** 2
            whole += weights.sum()
            had += (matrix[:, both] > 0) @ weights
        return int((had >= ALIKE * whole).sum()) - 2

    def _shared(self, one: File, other: File) -> list[str]:
        """Names the rarest things that both have, and that a person can read."""
        found: dict[Feature, int] = {}
        for part in PARTS:
            for feature in one.found.get(part, {}).keys() & other.found.get(part, {}).keys():
                if feature.kind not in ("form", "path") and self.weight(part, feature):
                    found[feature] = min(
                        found.get(feature, len(self._files)), self.holders[part, feature]
                    )
        # Of a comment that is the same the longest pieces say most.
        order = sorted(found, key=lambda f: (found[f], -WEIGHTS[f.kind], -len(f.what), f.what))
        return [_in_words(feature, found[feature]) for feature in order[:MOST_SHARED]]

    def sides(self, pair: Pair) -> list[Side]:
        """Returns both layers of a pair, part by part, where they share something."""
        found = []
        for part in PARTS:
            shared = list(self._by_line(pair, part))
            if shared:
                left = marked(pair.one.text, shared)
                right = marked(pair.other.text, [one.turned for one in shared])
                found.append(Side(part, pair.weights[part], pair.alike[part], left, right))
        return found

    def _by_line(self, pair: Pair, part: str) -> Iterator[Shared]:
        mine, its = pair.one.found.get(part, {}), pair.other.found.get(part, {})
        for feature in mine.keys() & its.keys():
            weight = self.weight(part, feature)
            if weight:
                holders = self.holders[part, feature]
                places = frozenset(mine[feature]), frozenset(its[feature])
                yield Shared(*places, weight, holders)


def _second(pair: tuple[str, float]) -> float:
    return pair[1]


def correlations(sums: np.ndarray) -> np.ndarray:
    """Returns what each two share, as a part of what they have.

    Args:
        sums: the weight of what each two share, (N, N).
    """
    lengths = np.sqrt(np.diag(sums).clip(min=1e-9))
    return sums / np.outer(lengths, lengths)


def partial_correlations(correlations: np.ndarray) -> np.ndarray:
    """Returns of each pair what no third accounts for, times 100; 100 for two that share all.

    With the correlations K and P = (K + RIDGE · I)^-1, it is -P_ij / sqrt(P_ii P_jj).
    """
    precision = np.linalg.inv(correlations + RIDGE * np.eye(len(correlations)))
    scale = np.sqrt(np.diag(precision))
    return -100 * (1 + RIDGE) * precision / np.outer(scale, scale)


def _in_words(feature: Feature, holders: int) -> str:
    others = {2: "no other has it", 3: "one other has it"}.get(
        holders, f"{holders - 2} others have it"
    )
    if feature.kind == "wrong numbers":
        return f"same wrong numbers in all cases of a question: {others}"
    return f"{feature.kind} “{feature.what}”: {others}"


def remarks(one: File, other: File) -> list[str]:
    """Says what is odd about a pair itself."""
    found = []
    if one.text == other.text:
        found.append("The same, byte for byte.")
    if one.hand_in.uid and one.hand_in.uid == other.hand_in.uid:
        found.append(f"Both bear the UID {one.hand_in.uid}: one student twice?")
    elif one.hand_in.name == other.hand_in.name:
        found.append(f"Both are of {one.hand_in.name}: one student twice?")
    return found


def second_opinion(one: str, other: str) -> tuple[float, float]:
    """Returns the shares of tokens that copydetect finds in both, of either file."""
    from copydetect import compare_files

    _, shares, _ = compare_files(_fingerprint(one), _fingerprint(other))
    return float(shares[0]), float(shares[1])


@functools.lru_cache(maxsize=1000)
def _fingerprint(text: str):
    from copydetect import CodeFingerprint

    return CodeFingerprint("layers.py", K_GRAM, WINDOW, fp=io.StringIO(text))


# What a person sees


def write_pairs(path: Path, pairs: Sequence[Pair]) -> None:
    """Writes the pairs in their order. Raises: OSError if it cannot."""
    header = ["rank", "one", "other", "score", "weight", *LAYERS, "elsewhere", "alike"]
    with whole(path) as part, open(part, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*header, "copydetect", "shared", "differences", "remarks"])
        for rank, pair in enumerate(pairs, 1):
            names = [guarded(each.name) for each in (pair.one, pair.other)]
            numbers = [pair.score, pair.weight, *(pair.weights[part] for part in PARTS)]
            figures = [f"{number:.1f}" for number in numbers]
            figures += [str(pair.all_alike), f"{max(pair.opinion):.2f}"]
            told = [pair.shared, pair.disguises, pair.remarks]
            cells = [guarded("; ".join(texts)) for texts in told]
            writer.writerow([rank, *names, *figures, *cells])


def write_page(
    path: Path,
    files: Sequence[File],
    ranked: Mapping[str, Sequence[Pair]],
    expected: Expected,
    table: Table,
) -> None:
    """Writes the page. Raises: OSError if it cannot.

    Args:
        ranked: pairs by score, by that of one layer, and by the sum of what they share.
    """
    shown = [*ranked["score"][:MOST_SHOWN], *ranked["layer"], *ranked["sum"]]
    text = pages.render(
        TEMPLATE,
        title="Who wrote alike",
        files=[file for file in files if not file.fault],
        faults=[file for file in files if file.fault],
        ranked=ranked,
        shown={pair.anchor: (pair, table.sides(pair)) for pair in shown},
        expected=expected,
    )
    write_text(path, text)


if __name__ == "__main__":
    run_tool("similarity", main)
