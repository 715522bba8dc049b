"""What passes between the rooms: the request to a worker, and what became of it. Data alone.

A request and its answer cross a process as JSON, so here they have the types of JSON; what the
parent makes of an answer is a dataclass, checked and cleaned, for a submission may have written it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

if TYPE_CHECKING:
    import numpy as np

LONGEST = 2**14  # characters that are shown of anything that a submission says
SKIPPED = "cases before them took too long, or ended the process"


class CallRequest(TypedDict):
    """One call of a layer: of a new one made with ``arguments``, or of the last one if None.

    A list of arguments is by position. With ``strided``, the first input is not contiguous.
    """

    inputs: list[str]
    arguments: dict[str, Any] | list[Any] | None
    strided: bool


class Request(TypedDict):
    """What is asked of a layer. Its tensors travel beside it, as "0.x" or "0.parameter.weight"."""

    layer: str
    calls: list[CallRequest]


class Use(NamedTuple):
    """How often a function was called, and the line of the submission that did so first."""

    times: int
    line: int | None


@dataclass(frozen=True)
class Call:
    """What a call of a layer used, of the functions that not every layer may use, and its steps."""

    uses: dict[str, Use]
    steps: int = 0


@dataclass(frozen=True)
class Frame:
    """A line of the submission that an exception passed through.

    Attributes:
        shapes: the tensors that the line names, with their shapes, of the innermost frame:
            "columns (2, 18, 12), weight (3, 18)".
    """

    line: int
    function: str
    source: str
    shapes: str = ""


@dataclass(frozen=True)
class Raised:
    """An exception, with those of its frames that lie in the submission, the outermost first."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()

    @property
    def summary(self) -> str:
        return f"{self.type}: {self.message}"

    def __str__(self) -> str:
        lines = [self.summary]
        for frame in self.frames:
            lines.append(f"  line {frame.line}, in {frame.function}: {frame.source}")
            if frame.shapes:
                lines.append(f"    {frame.shapes}")
        return "\n".join(lines)


class Refusal(NamedTuple):
    """What a submission reached for and did not get, and in which line."""

    what: str
    line: int | None


@dataclass(frozen=True)
class Response:
    """A worker's answer to a request, but for the tensors.

    Attributes:
        error: what the submission raised, if it did; then later calls are missing.
        missing: whether the submission lacks the class that the request is for.
        compiled: whether the submission is a program at all.
        calls: one for each call of the request that was made.
        refused: what was out of the submission's reach, and did not run.
    """

    error: Raised | None = None
    missing: bool = False
    compiled: bool = True
    calls: tuple[Call, ...] = ()
    refused: tuple[Refusal, ...] = ()

    @classmethod
    def parse(cls, answer: dict[str, Any]) -> Response:
        """Takes from an answer what a response should hold, and nothing else.

        Raises: KeyError, TypeError, ValueError or AttributeError if the answer is malformed.
        """
        error = None if answer["error"] is None else _parse_error(answer["error"])
        return cls(
            error,
            bool(answer["missing"]),
            bool(answer["compiled"]),
            tuple(_parse_call(call) for call in answer["calls"]),
            tuple(Refusal(clean(what), _line(line)) for what, line in answer["refused"]),
        )


@dataclass(frozen=True)
class Ended:
    """How a worker ended before its answer: timeout, memory, processes, prints or crash.

    Or "skipped", where it was not asked. The line is where the submission was, if that is known.
    """

    kind: str
    detail: str
    line: int | None = None

    def __str__(self) -> str:
        where = f", in line {self.line}" if self.line else ""
        return f"{self.kind} ({self.detail}{where})"


@dataclass(frozen=True)
class Outcome:
    """What became of one request: a response with its tensors, or how the worker ended.

    A tensor is named "0.output", "0.after.x", "0.grad.weight" and so on, by call.
    """

    response: Response | None = None
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    printed: str = ""
    ended: Ended | None = None

    @property
    def late(self) -> bool:
        return self.ended is not None and self.ended.kind == "timeout"

    @property
    def skipped(self) -> bool:
        return self.ended is not None and self.ended.kind == "skipped"

    @property
    def fault(self) -> Ended | Raised | None:
        """What kept the submission from its results, if anything did."""
        if self.ended or self.response is None:
            return self.ended
        return self.response.error


def clean(text: object) -> str:
    """Leaves nothing that could move the cursor, clear the screen or fail to be encoded."""
    characters = str(text)[:LONGEST].replace("\r\n", "\n")
    return "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in characters
    )


def _parse_error(error: dict[str, Any]) -> Raised:
    frames = tuple(
        Frame(
            int(f["line"]),
            clean(f["function"]),
            clean(f["source"]),
            clean(f.get("shapes", "")),
        )
        for f in error["frames"]
    )
    return Raised(clean(error["type"]), clean(error["message"]), frames)


def _parse_call(call: dict[str, Any]) -> Call:
    uses = {
        clean(name): Use(int(times), _line(line)) for name, (times, line) in call["uses"].items()
    }
    return Call(uses, int(call["steps"]))


def _line(line: Any) -> int | None:
    return None if line is None else int(line)
