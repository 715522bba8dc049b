"""Starts the worker, feeds it, limits it, kills it.

Never imports torch, and trusts nothing that comes back: an answer is parsed as a stranger's data.
Requests and answers are files in a folder of the worker's, and a line on its stdin names the next
request; so nothing here ever waits for a pipe that a submission holds.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import psutil

from . import GraderError
from .outcome import LONGEST, SKIPPED, Ended, Outcome, Request, Response, clean
from .source import Source

if TYPE_CHECKING:
    import numpy as np

    Tensors = dict[str, np.ndarray]

WORKER = Path(__file__).with_name("worker.py")
LARGEST = 8 * 2**20  # bytes of an answer
MOST_PRINTED = 2**28  # bytes that a submission may print; of one case LONGEST are shown
MOST_PROCESSES = 32  # of the worker and what the submission starts
POLL = 0.002  # seconds between two looks for the answer
MOST_ENDED = 2  # requests of one run that may end the worker, before the others are skipped
BUDGET = 6  # times the time of one request, for all requests of one run
WHERE = 0.5  # seconds in which a worker may say where the submission is
LOOK = 0.2  # seconds between two looks at the tree of processes
START = 120  # seconds that the worker may take to import torch
NOT_ASKED = Outcome(ended=Ended("skipped", SKIPPED))

# What a worker needs of the environment: to find Python, its packages, and a place for its files.
# PYTHONSAFEPATH would leave out the folder that it takes off its path itself.
ENVIRONMENT = re.compile(
    r"PATH|HOME|LANG|LC_\w+|TMPDIR|TEMP|TMP|PYTHON(?!SAFEPATH)\w+|(DY)?LD_LIBRARY_PATH|OMP_NUM_THREADS"
    r"|SYSTEMROOT|WINDIR|SYSTEMDRIVE|USERPROFILE|APPDATA|LOCALAPPDATA|NUMBER_OF_PROCESSORS",
    re.IGNORECASE,
)
TOKEN = "GRADING_WORKER"  # the environment variable by which a worker's descendants are known


class AnswersRequests(Protocol):
    """A process that a submission runs in, such as Worker.

    Attributes:
        ended: whether it has been killed, and a new one must take its place.
    """

    ended: bool

    def ask(self, request: Request | dict[str, Any], tensors: Tensors) -> Outcome: ...

    def kill(self) -> None: ...


class Runner(contextlib.AbstractContextManager):
    """A worker that is replaced whenever a request ends it.

    It starts at once, so construct this before all else.

    Args:
        source: the submission.
        tables: what its layers may use, operations.toml.
        timeout: seconds that loading the submission, or one request, may take.
        memory: MB that the worker's tree may take beyond what it has before it loads the file.
        budget: seconds after which no further request is begun.
        start: starts the process that is asked, with a timeout and memory as above.
    Raises: GraderError if the worker ends before any code of the submission has run, or if there
        is no room for what passes between it and us.
    """

    def __init__(
        self,
        source: Source,
        tables: dict[str, Any],
        timeout: float = 10.0,
        memory: float = 512,
        budget: float = math.inf,
        start: Callable[[float, float], AnswersRequests] | None = None,
    ):
        self._new_worker = start or Worker
        file = os.path.realpath(source.path)
        self._load = {"text": source.text, "file": file, "tables": tables, "calls": []}
        self._timeout = timeout
        self._memory = memory
        self._end = time.monotonic() + budget
        self._spent = 0.0  # seconds on requests; a worker's start and loading are not among them
        self._start()

    def _start(self) -> None:
        _check_processes()
        try:
            with _uninterrupted():
                self._worker = self._new_worker(self._timeout, self._memory)
        except OSError as error:
            raise GraderError(f"the worker cannot be started: {error}") from error
        self._loaded: Outcome | None = None

    def __exit__(self, *_: object) -> None:
        with _uninterrupted():
            self._worker.kill()

    def load(self) -> Outcome:
        """Loads the submission, once a worker."""
        if self._loaded is None:
            self._loaded = self._worker.ask(self._load, {})
        return self._loaded

    def run(self, requests: Iterable[tuple[Request, Tensors]]) -> Iterator[Outcome]:
        """Yields the Outcome of every request with its tensors, in order.

        Once MOST_ENDED of them have ended the worker, or all together have taken BUDGET times what
        one may, or the budget is used up, the others are skipped: a submission may keep no machine
        busy.
        """
        ended = 0
        used = False
        budget = self._spent + BUDGET * self._timeout
        for request, tensors in requests:
            if ended == MOST_ENDED or self._spent > budget or time.monotonic() > self._end:
                yield NOT_ASKED
                continue
            outcome = self._ask(request, tensors)
            crashed = outcome.ended is not None and outcome.ended.kind == "crash"
            if used and crashed:
                # What an earlier case left behind may be why. In a new worker, this one speaks for
                # itself.
                outcome = self._ask(request, tensors)
            used = not outcome.ended
            ended += bool(outcome.ended) and outcome is not self._loaded
            yield outcome

    def _ask(self, request: Request, tensors: Tensors) -> Outcome:
        loaded = self.load()
        if loaded.fault:
            return loaded
        if self._worker.ended:
            self._start()
            return self._ask(request, tensors)
        began = time.monotonic()
        outcome = self._worker.ask(request, tensors)
        self._spent += time.monotonic() - began
        return outcome


class Worker:
    """One process, its folder and all of its descendants.

    Attributes:
        look: called again and again while an answer is waited for; what it raises ends the wait.
    """

    def __init__(self, timeout: float, memory: float):
        self.timeout = timeout
        self.memory = memory
        self.look: Callable[[], None] | None = None
        self.ready = False
        self.ended = False
        self.began = time.time()
        self.token = secrets.token_hex(16)
        self.folder = tempfile.mkdtemp(prefix="grading-")
        try:
            self.process = self._begin()
            # Kept open, since a submission may remove the folder.
            self.prints = open(self._path("prints"), "rb")  # noqa: SIM115
        except OSError:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self.tree: dict[psutil.Process, int] = {}  # bytes of each process when it was first seen
        self.looked = 0.0

    def _begin(self) -> psutil.Popen:
        with open(self._path("prints"), "wb") as prints:
            return psutil.Popen(
                [sys.executable, "-B", str(WORKER), self.folder],
                stdin=subprocess.PIPE,
                stdout=prints,
                stderr=subprocess.STDOUT,
                bufsize=0,
                env=environment() | {TOKEN: self.token},
                # POSIX: Ctrl-C reaches the parent alone, and the session can be killed as one.
                # Windows: likewise.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def ask(self, request: Request | dict[str, Any], tensors: Tensors) -> Outcome:
        """Sends a request and returns its Outcome; a worker that it ended is killed."""
        self.be_ready()
        name = secrets.token_hex(16)  # drawn now, so that no answer to it can be waiting
        self._send(name, request, tensors)
        answer = name + ".answer"
        ended = self._wait(answer, self.timeout, self.memory)
        if ended and ended.kind == "timeout":
            ended = replace(ended, line=self._where())
        response = None
        arrays: Tensors = {}
        if not ended:
            try:
                response, arrays = read_answer(self._path(answer), request)
            except Exception:  # whatever is wrong with it
                ended = Ended("crash", "malformed answer")
        outcome = Outcome(response, arrays, self._printed(), ended)
        if ended:
            self.kill()
        if ended or (response and response.error and response.error.type == "OSError"):
            check_room()
        return outcome

    @property
    def is_fit(self) -> bool:
        """Whether it can still be asked: a spare one may have waited for hours."""
        return self.process.poll() is None and os.path.isdir(self.folder)

    def be_ready(self) -> None:
        """Waits, once, until the worker has imported torch."""
        if self.ready:
            return
        ended = self._wait("ready", START, math.inf)
        if ended:
            message = f"the worker did not start: {ended}\n{self._printed()}"
            self.kill()
            check_room()
            raise GraderError(message.rstrip())
        self.ready = True
        self._printed()  # by the libraries that it imports: not the submission's
        present = [*self.tree, psutil.Process(self.process.pid)]
        self.tree = {process: _resident(process) for process in present}

    def _send(self, name: str, request: Request | dict[str, Any], tensors: Tensors) -> None:
        # With numpy, slow to import; the worker is still at torch meanwhile.
        from safetensors import SafetensorError
        from safetensors.numpy import save_file

        try:
            save_file(tensors, self._path(name), {"json": json.dumps(request)})
            self.process.stdin.write(f"{name}\n".encode())
        except (OSError, SafetensorError):
            # A submission may have closed its channel or removed its folder: then no answer comes.
            check_room()

    def _where(self) -> int | None:
        """Returns the line of the submission that is running, if the worker can say it."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            self.process.stdin.write(b"where\n")
            if self._wait("where", WHERE, math.inf) is None:
                return int(read_json(_read(self._path("where")))["line"])
        return None

    def _wait(self, answer: str, timeout: float, memory: float) -> Ended | None:
        """Returns None once the answer is there, or how the worker ended instead."""
        end = time.monotonic() + timeout
        while True:
            status = self.process.poll()  # asked first, since it may have answered and then died
            if os.path.exists(self._path(answer)):
                return None
            if status is not None:
                return Ended("crash", exit_status(status))
            if time.monotonic() > end:
                return Ended("timeout", f"no answer within {timeout:g} s")
            if self._growth() > memory * 2**20:
                return Ended("memory", f"more than {memory} MB")
            if len(self.tree) > MOST_PROCESSES:
                return Ended("processes", f"more than {MOST_PROCESSES}")
            if os.fstat(self.prints.fileno()).st_size > MOST_PRINTED:
                return Ended("prints", f"more than {MOST_PRINTED >> 20} MB")
            time.sleep(POLL)

    def _printed(self) -> str:
        """What was printed since this was last asked."""
        text = self.prints.read(LONGEST)
        self.prints.seek(0, os.SEEK_END)
        printed = clean(text.decode(errors="replace"))
        if len(text) == LONGEST:
            printed += "\n[cut off here]"
        return printed

    def _growth(self) -> int:
        """Bytes that the tree takes beyond what the worker had when it was ready."""
        now = time.monotonic()
        if now > self.looked + LOOK:
            self.looked = now
            self._look_for_children()
            if self.look and self.ready:
                self.look()
        sizes = {process: _resident(process) for process in self.tree}
        self.tree = {process: self.tree[process] for process, size in sizes.items() if size}
        growths = [sizes[process] - before for process, before in self.tree.items()]
        return sum(growth for growth in growths if growth > 0)

    def _look_for_children(self) -> None:
        # A forked child seems to have what it shares with the worker, and that is no growth.
        shared = max(self.tree.values(), default=0)
        with contextlib.suppress(psutil.Error):
            for process in self.process.children(recursive=True):
                self.tree.setdefault(process, min(_resident(process), shared))

    def kill(self) -> None:
        """Ends the worker and all that it started, even where it left its session or parent."""
        self.ended = True
        if os.name == "posix" and self.process.poll() is None:
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        for _ in range(50):  # a child may be forking while we look
            candidates = (self.process, *self.tree, *psutil.process_iter())
            family = [process for process in candidates if self._is_ours(process)]
            for process in family:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            if not family:
                break
        self.process.wait()
        self.process.stdin.close()
        self.prints.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_ours(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error, OSError, KeyError):
            if process in self.tree:
                return _resident(process) > 0
            # Asked first, since it spares us to read the environment of most.
            if process.create_time() > self.began - 60 and process.environ()[TOKEN] == self.token:
                return _resident(process) > 0
        return False


class Spare(contextlib.AbstractContextManager):
    """A worker that has imported torch by the time that a Runner takes it.

    The first one starts at once. It takes no fork, as the class's server does, and so serves on
    every system.

    Attributes:
        look: of the worker that is taken.
    """

    def __init__(self, timeout: float):
        self._timeout = timeout
        self._worker: Worker | None = None
        self.look: Callable[[], None] | None = None
        self.start()

    def start(self) -> None:
        """Starts one, unless there is one."""
        if self._worker and not self._worker.is_fit:
            self._discard()
        if self._worker is None:
            # Whoever takes it tries again, and says why there is none.
            with contextlib.suppress(OSError), _uninterrupted():
                self._worker = Worker(self._timeout, math.inf)

    def wait(self) -> None:
        """Returns once it is ready."""
        self.start()
        if self._worker:
            self._worker.be_ready()

    def take(self, timeout: float, memory: float) -> Worker:
        """Hands it over, as what a Runner starts."""
        worker = self._worker or Worker(timeout, memory)
        self._worker = None
        worker.timeout = timeout
        worker.memory = memory
        worker.look = self.look
        return worker

    def _discard(self) -> None:
        with _uninterrupted():
            if self._worker:
                self._worker.kill()
            self._worker = None

    def __exit__(self, *_: object) -> None:
        self._discard()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Puts Ctrl-C off to the end: half a worker would be nobody's, and a folder would stay."""
    came: list[int] = []
    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if came:
            raise KeyboardInterrupt


def _check_processes() -> None:
    try:
        psutil.Process().create_time()
    except (psutil.Error, OSError) as error:
        raise GraderError(f"processes cannot be watched (is /proc mounted?): {error}") from error


def check_room() -> None:
    """Raises: GraderError if files find no room, which is no fault of a submission's."""
    try:
        with tempfile.TemporaryFile() as file:
            file.write(bytes(LARGEST))
    except OSError as error:
        folder = tempfile.gettempdir()
        message = (
            f"no room for {LARGEST >> 20} MB in {folder}: {error.strerror}; free some, or set "
        )
        raise GraderError(f"{message}TMPDIR to another folder") from error


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if ENVIRONMENT.fullmatch(name)}


def _resident(process: psutil.Process) -> int:
    """Bytes in memory; 0 of a process that has ended."""
    with contextlib.suppress(psutil.Error):
        return process.memory_info().rss
    return 0


def exit_status(status: int) -> str:
    """Says "SIGSEGV" or "exit status 1"."""
    signals = {-number: number.name for number in signal.Signals}
    return signals.get(status, f"exit status {status}")


def read_answer(path: str, request: Request | dict[str, Any]) -> tuple[Response, Tensors]:
    """Takes from an answer what a response should hold, and nothing else.

    Whatever it raises, the answer is malformed.
    """
    return parse_answer(_read(path), request)


def parse_answer(blob: bytes, request: Request | dict[str, Any]) -> tuple[Response, Tensors]:
    """Does the same with an answer's bytes."""
    from safetensors.numpy import load

    response = Response.parse(read_json(blob))
    arrays = load(blob)
    if not response.error:
        _check_complete(response, arrays, request)
    return response, arrays


def _read(path: str) -> bytes:
    # A submission may have put a FIFO there, or a link to a device: neither is waited for.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        blob = file.read(LARGEST + 1)
    if len(blob) > LARGEST:
        raise ValueError(f"an answer must take at most {LARGEST} bytes")
    return blob


def read_json(blob: bytes) -> dict[str, Any]:
    """The JSON in the metadata of a safetensors file."""
    header = json.loads(blob[8 : 8 + int.from_bytes(blob[:8], "little")])
    return json.loads(header["__metadata__"]["json"])


def _check_complete(response: Response, arrays: Tensors, request: Request | dict[str, Any]) -> None:
    needed = set()
    for i, call in enumerate(request["calls"]):
        needed.add(f"{i}.output")
        needed |= {f"{i}.after.{name}" for name in call["inputs"]}
    if len(response.calls) != len(request["calls"]) or not needed <= arrays.keys():
        wanted = f"the tensors {sorted(needed)} of as many calls"
        raise ValueError(f"an answer must have {wanted}, got {sorted(arrays)}")
