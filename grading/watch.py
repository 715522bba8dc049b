"""Grades a file, and grades it again whenever it is saved, until Ctrl-C.

It decides nothing about a grade: it reads, asks the rooms of a plain run in their order, and shows
what an edit changed.
"""

from __future__ import annotations

import ast
import contextlib
import os
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from os import PathLike

from rich.console import Console
from watchfiles import watch

from . import GraderError
from .cases import Question
from .changes import Grading, change
from .outcome import Frame, Outcome, Raised, clean
from .pipeline import Result, Track, grade
from .report import Page, headline, no_program, remarks, show, show_change, show_grades
from .runner import Runner, Spare
from .source import Source, Unreadable, read_source

STEP = 20  # milliseconds without another change, after which a change is told
MOST = 100  # milliseconds after which it is told whatever else changes in the folder
LOOK = 1000  # milliseconds between two looks where no change is told: some drives tell none
SETTLE = 0.1  # seconds in which a file that an editor replaces may be gone or in part
GLANCE = 0.01  # seconds between two looks at such a file


class Changed(Exception):
    """The file was saved while it was being graded."""


@dataclass(frozen=True)
class State:
    """What the file is at one time: its source, or the reason why it cannot be graded, or both."""

    source: Source | None = None
    reason: str | None = None

    @property
    def known_by(self) -> bytes | str | None:
        """What two states have in common that come to the same."""
        return self.source.blob if self.source else self.reason

    @property
    def is_whole(self) -> bool:
        """Whether it is no file that an editor has only begun to write."""
        return self.source is not None and not self.reason and bool(self.source.text.strip())


NEVER_READ = State()


@dataclass
class Watch:
    """A file that is watched.

    Attributes:
        spare: of which ``start`` takes the worker of the Runner that it returns.
        track: as pipeline.grade's.
        write: keeps the results and remarks of a grading, with the source's text.
        write_reason: keeps the reason why there are none.
        is_read: says whether somebody may still read what is told.
        verbose: as report.show's.
        last: the last grading of what could be graded.
        is_current: whether that is of what the file was when it was told last.
    """

    path: str | PathLike[str]
    questions: Sequence[Question]
    spare: Spare
    start: Callable[[Source], Runner]
    track: Track
    console: Console
    write: Callable[[Sequence[Result], list[str], str], None]
    write_reason: Callable[[str], None]
    is_read: Callable[[], bool]
    verbose: bool = False
    is_current: bool = field(default=False, init=False)
    last: Grading | None = field(default=None, init=False)
    _state: State = field(default=NEVER_READ, init=False)  # told last, or being graded

    def run(self) -> Grading | None:
        """Grades until Ctrl-C, or until nobody reads on, and returns the last grading.

        Raises: KeyboardInterrupt if it comes before anything has been told.
        """
        self.spare.look = self._look
        watching = False
        try:
            self._grade_latest()
            watching = True
            self._say(f"\nWatching {os.path.basename(self.path)}; Ctrl-C ends.")
            for _ in saves(self.path):
                self._grade_latest()
                if not self.is_read():
                    break
        except KeyboardInterrupt:
            if self.last is None and not watching:
                raise
            if self.last and not self.is_current:
                self._say("\nThe file cannot be graded as it is; what could be graded last had:")
            if self.last:
                show_grades(self.last.results, self.console)
        return self.last

    def _grade_latest(self) -> None:
        """Tells what the file is by now, if that is news, and what it has become meanwhile."""
        state = self._latest()
        while state.known_by != self._state.known_by:
            self._state = state
            try:
                self._tell(state)
            except Changed:
                self._state = NEVER_READ
            state = self._latest()
        self.spare.start()  # now, and not sooner: it would take a core from the verdict

    def _latest(self) -> State:
        """Returns what the file is once a worker is ready for it, if it needs one."""
        state = read_state(self.path)
        if state.reason or state.known_by == self._state.known_by:
            return state
        self.spare.wait()
        return read_state(self.path)

    def _look(self) -> None:
        """Raises: Changed if what is being graded is no longer what the file is."""
        with contextlib.suppress(Unreadable):  # an editor may be replacing it
            if read_source(self.path).blob != self._state.known_by:
                raise Changed

    def _tell(self, state: State) -> None:
        if state.source is None or state.reason:
            self._give_reason(str(state.reason))
            return
        with self.start(state.source) as runner:
            results = tuple(grade(self.questions, runner, self.track))
            self._conclude(state.source, results, runner.load())

    def _conclude(self, source: Source, results: tuple[Result, ...], loaded: Outcome) -> None:
        response = loaded.response
        if response and response.error and not response.compiled:
            self._give_reason(no_program(self.path, response.error))
            return
        notes = remarks(source.text, results, loaded)
        self.write(results, notes, source.text)
        headlines = tuple(headline(result, source.text) for result in results)
        self.is_current = not all(result.missing for result in results)
        if not self.is_current:
            self._say("\n".join(f"{clock()} {line}" for line in headlines))
            return
        before = self.last
        self.last = Grading(results, headlines, tuple(notes))
        if before is None:
            show(results, notes, self.console, source.text, self.verbose)
        else:
            show_change(change(before, self.last), self.console, clock(), self.verbose)
        self.console.file.flush()

    def _give_reason(self, reason: str) -> None:
        self.is_current = False
        self.write_reason(reason)
        self._say(f"{clock()} {reason}")

    def _say(self, text: str) -> None:
        Page(self.console).put(text)
        self.console.file.flush()  # where it is no terminal, somebody may wait for it all the same


def clock() -> str:
    return time.strftime("%H:%M:%S")


def saves(path: str | PathLike[str]) -> Iterator[None]:
    """Yields whenever the file may have been saved: too often rather than too seldom.

    The folder is watched, since many editors put another file in the place of the old one.
    """
    folder, name = os.path.split(path)
    folder = os.path.realpath(folder)
    changes = watch(
        folder,
        # Not by its case, which not every system keeps.
        watch_filter=lambda _, changed: os.path.basename(changed).lower() == name.lower(),
        debounce=MOST,
        step=STEP,
        rust_timeout=LOOK,
        yield_on_timeout=True,
        recursive=False,
    )
    try:
        for _ in changes:
            yield
    except (OSError, RuntimeError) as error:
        raise GraderError(f"{folder} cannot be watched: {error}") from error


def read_state(path: str | PathLike[str]) -> State:
    """Reads the file, and again for SETTLE seconds while it cannot be graded."""
    end = time.monotonic() + SETTLE
    state = _read_at_once(path)
    while not state.is_whole and time.monotonic() < end:
        time.sleep(GLANCE)
        state = _read_at_once(path)
    return state


def _read_at_once(path: str | PathLike[str]) -> State:
    try:
        source = read_source(path)
    except Unreadable as error:
        return State(reason=str(error))
    return State(source, _slip(path, source.text))


def _slip(path: str | PathLike[str], text: str) -> str | None:
    """Says why a source does not parse, in the words of a plain run; the worker is spared."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes such as "\\d"
            ast.parse(text)
    except SyntaxError as error:
        frame = Frame(error.lineno or 0, "<module>", "")
        return no_program(path, Raised("SyntaxError", clean(error.msg), (frame,)))
    except (ValueError, RecursionError, MemoryError):
        return None  # which the worker says
    return None
