"""Keeps what became of a submission in results/KEY.json: verdicts, causes, no points.

A key is made of the hashes of the source, the cases and the grader, so that a result which is there
need not be made again. Points are the rubric's, and put to it when it is read. Where a case has
changed, a result of the same source by the same grader lends the verdicts of the others.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grading.cases import HINTS, Case, Question
from grading.fingerprint import Fingerprint
from grading.judge import Failure, Verdict
from grading.operations import Finding
from grading.outcome import Frame, Outcome, Raised, Refusal, Response
from grading.pipeline import Marked, Result, result_of
from grading.source import Source
from grading.whole import write_text

ROOT = Path(__file__).parent.parent
LETTERS = 16  # of each half of a key
LIBRARIES = ("torch", "numpy")  # what a message says, and how it rounds, depends on
# What says nothing of a case by itself: it is due to others, to the hour or to the grader.
PASSING = ("ended", "skipped", "error")


@dataclass(frozen=True)
class Graded:
    """What became of a submission.

    Attributes:
        loaded: what became of its file when it was loaded.
        marked: by the name of the case.
    """

    loaded: Outcome
    marked: Mapping[str, Marked]

    def results(self, questions: Iterable[Question]) -> list[Result]:
        return [
            result_of(question, [self.marked[case.name] for case in question.cases])
            for question in questions
        ]

    @property
    def is_final(self) -> bool:
        """Whether no case ran out of time or ended its process."""
        kinds = [m.verdict.failure.kind for m in self.marked.values() if m.verdict.failure]
        return not self.loaded.ended and not {"ended", "skipped"} & {*kinds}


class Store:
    """The folder of the results of a set of cases."""

    def __init__(self, folder: Path, cases: Path, questions: Mapping[str, Question]):
        self.folder = folder
        self.questions = questions
        self.grader = _digest(
            [*sorted((ROOT / "grading").glob("*.py")), _operations()], _versions()
        )
        self.hashes = {
            case.name: _digest([cases / f"{case.name}.safetensors"])
            for question in questions.values()
            for case in question.cases
        }
        hints = _digest([cases / HINTS])
        self.cases = hashlib.sha256(json.dumps([self.hashes, hints]).encode()).hexdigest()

    def key(self, source: Source) -> str:
        rest = hashlib.sha256(f"{self.cases} {self.grader}".encode()).hexdigest()
        return f"{_of_source(source)}-{rest[:LETTERS]}"

    def has(self, source: Source) -> bool:
        return self._path(source).is_file()

    def _path(self, source: Source) -> Path:
        return self.folder / f"{self.key(source)}.json"

    def read(self, source: Source) -> Graded:
        """Returns what was kept. Raises: OSError or ValueError if it cannot be read."""
        record = json.loads(self._path(source).read_text(encoding="utf-8"))
        return Graded(_read_loaded(record["loaded"]), self._read_cases(record, self.hashes))

    def _read_cases(self, record: dict[str, Any], names: Iterable[str]) -> dict[str, Marked]:
        cases = {c.name: c for question in self.questions.values() for c in question.cases}
        return {name: _read_marked(cases[name], record["cases"][name]) for name in names}

    def lent(self, source: Source) -> dict[str, Marked]:
        """Returns the verdicts of cases that have not changed since an older result."""
        found: dict[str, Marked] = {}
        for path in sorted(self.folder.glob(f"{_of_source(source)}-*.json")):
            record = json.loads(path.read_text(encoding="utf-8"))
            if record["grader"] != self.grader:
                continue
            same = [
                name
                for name, kept in record["cases"].items()
                if self.hashes.get(name) == kept["case"] and _lasts(kept)
            ]
            found |= self._read_cases(record, same)
        return found

    def write(self, source: Source, graded: Graded) -> None:
        """Raises: OSError if there is no room for it."""
        record = {
            "source": hashlib.sha256(source.blob).hexdigest(),
            "grader": self.grader,
            "loaded": _loaded(graded.loaded),
            "causes": self._causes(graded),
            "cases": {
                name: {"case": self.hashes[name]} | _marked(graded.marked[name])
                for name in self.hashes
            },
        }
        text = json.dumps(record, indent=1, ensure_ascii=False)
        write_text(self._path(source), text + "\n")

    def _causes(self, graded: Graded) -> list[dict[str, Any]]:
        return [
            {
                "question": result.question.name,
                "names": list(cause.names),
                "text": cause.text,
                "cases": [verdict.case.name for verdict in cause.verdicts],
            }
            for result in graded.results(self.questions.values())
            for cause in result.causes
        ]


def _lasts(kept: dict[str, Any]) -> bool:
    return kept["failure"] is None or kept["failure"]["kind"] not in PASSING


def _operations() -> Path:
    return ROOT / "test_cases" / "operations.toml"


def _versions() -> str:
    versions = [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]
    return " ".join([f"Python {sys.version_info[0]}.{sys.version_info[1]}", *versions])


def _digest(paths: Iterable[Path], text: str = "") -> str:
    digest = hashlib.sha256(text.encode())
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _of_source(source: Source) -> str:
    return hashlib.sha256(source.blob).hexdigest()[:LETTERS]


# As JSON


def _loaded(outcome: Outcome) -> dict[str, Any]:
    response = outcome.response or Response()
    return {
        "error": _raised(response.error),
        "compiled": response.compiled,
        "refusals": [list(refusal) for refusal in response.refused],
        "printed": outcome.printed,
    }


def _read_loaded(record: dict[str, Any]) -> Outcome:
    refused = tuple(Refusal(*refusal) for refusal in record["refusals"])
    error = _read_raised(record["error"])
    response = Response(error, compiled=record["compiled"], refused=refused)
    return Outcome(response, printed=record["printed"])


def _marked(marked: Marked) -> dict[str, Any]:
    return {
        "status": marked.verdict.status,
        "failure": _failure(marked.verdict),
        "printed": marked.verdict.printed,
        "findings": [dataclasses.asdict(finding) for finding in marked.findings],
        "refusals": [list(refusal) for refusal in marked.refusals],
        "slow": marked.slow,
    }


def _read_marked(case: Case, record: dict[str, Any]) -> Marked:
    failure = None
    arrays = {}
    kept = record["failure"]
    if kept:
        fingerprint = kept["fingerprint"]
        failure = Failure(
            kept["kind"],
            kept["text"],
            _read_raised(kept["raised"]),
            kept["result"],
            kept["seen"],
            fingerprint and _read_fingerprint(fingerprint),
        )
        if kept["array"]:
            arrays[kept["result"]] = _read_array(kept["array"])
    return Marked(
        Verdict(case, record["status"], failure, record["printed"], arrays),
        tuple(Finding(**finding) for finding in record["findings"]),
        tuple(Refusal(*refusal) for refusal in record["refusals"]),
        record["slow"],
    )


def _failure(verdict: Verdict) -> dict[str, Any] | None:
    failure = verdict.failure
    if failure is None:
        return None
    array = verdict.arrays.get(failure.result) if failure.result else None
    known = failure.fingerprint
    return {
        "kind": failure.kind,
        "text": failure.text,
        "raised": _raised(failure.raised),
        "result": failure.result,
        "seen": failure.seen,
        "fingerprint": None if known is None else dataclasses.asdict(known),
        "array": None if array is None else _array(array),
    }


def _read_fingerprint(record: dict[str, Any]) -> Fingerprint:
    sums, slack = tuple(record["sums"]), tuple(record["slack"])
    return Fingerprint(record["mark"], sums, slack, record["elements"])


def _raised(raised: Raised | None) -> dict[str, Any] | None:
    return None if raised is None else dataclasses.asdict(raised)


def _read_raised(record: dict[str, Any] | None) -> Raised | None:
    if record is None:
        return None
    frames = tuple(Frame(**frame) for frame in record["frames"])
    return Raised(record["type"], record["message"], frames)


def _array(array: np.ndarray) -> dict[str, Any]:
    """The wrong result itself, of which a report shows some numbers."""
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"dtype": array.dtype.str, "shape": list(array.shape), "data": data}


def _read_array(record: dict[str, Any]) -> np.ndarray:
    data = base64.b64decode(record["data"])
    return np.frombuffer(data, record["dtype"]).reshape(record["shape"])
