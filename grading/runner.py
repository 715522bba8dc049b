"""Starts the worker, feeds it, limits it, kills it.

Never imports torch, and trusts nothing that comes back: an answer is parsed as a stranger's data. Requests and answers
are files in a folder of the worker's, and a line on its stdin names the next request; so nothing here ever waits for a
pipe that a submission holds.
"""

import contextlib
import json
import math
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from . import GraderError

LARGEST, LARGEST_PRINT, MOST_PRINTED = 8 * 2**20, 2**14, 2**28  # bytes of an answer, of prints shown, of prints made
MOST_PROCESSES = 32  # of the worker and what the submission starts
POLL, LOOK = 0.002, 0.2  # seconds between two looks for the answer, and between two at the tree of processes
START = 120  # seconds that the worker may take to import torch
TOKEN = "GRADING_WORKER"  # the environment variable by which a worker's descendants are known


@dataclass(frozen=True)
class Outcome:
    """What became of one request: a response with its tensors, or the way in which the worker ended."""

    response: dict | None = None
    arrays: dict = field(default_factory=dict)
    printed: str = ""
    ended: str | None = None  # "timeout (...)", "memory (...)", "processes (...)", "prints (...)", "crash (...)"


class Runner(contextlib.AbstractContextManager):
    """A worker that is replaced whenever a request ends it. It starts at once, so construct this before all else.

    Args:
        file: the submission.
        timeout: seconds that loading the submission, or one request, may take.
        memory: MB that the worker's tree may take beyond what the worker has before it loads the submission.
    Raises: GraderError if the worker ends before any code of the submission has run.
    """

    def __init__(self, file, timeout=10.0, memory=512):
        self._options = str(Path(file).resolve()), timeout, memory
        self._worker, self._loaded = _Worker(*self._options), None

    def __exit__(self, *_):
        self._worker.kill()

    def load(self):
        """Loads the submission, once a worker."""
        self._loaded = self._loaded or self._worker.ask({"load": True, "calls": []}, {})
        return self._loaded

    def run(self, requests):
        """Yields the Outcome of every (request, tensors), in order."""
        used = False
        for request, tensors in requests:
            outcome = self._ask(request, tensors)
            if used and outcome.ended and outcome.ended.startswith("crash"):
                # What an earlier case left behind may be why. In a new worker, this one speaks for itself.
                outcome = self._ask(request, tensors)
            used = not outcome.ended
            yield outcome

    def _ask(self, request, tensors):
        loaded = self.load()
        if loaded.ended or loaded.response["error"]:
            return loaded
        if self._worker.ended:
            self._worker, self._loaded = _Worker(*self._options), None
            return self._ask(request, tensors)
        return self._worker.ask(request, tensors)


class _Worker:
    """One process, its folder and all of its descendants."""

    def __init__(self, file, timeout, memory):
        self.timeout, self.memory, self.began, self.ready, self.ended = timeout, memory, time.time(), False, False
        self.token, self.folder = secrets.token_hex(16), tempfile.mkdtemp(prefix="grading-")
        with open(self._path("prints"), "wb") as prints:
            self.process = psutil.Popen(
                [sys.executable, str(Path(__file__).with_name("worker.py")), file, self.folder],
                stdin=subprocess.PIPE, stdout=prints, stderr=subprocess.STDOUT, bufsize=0,
                env={**os.environ, TOKEN: self.token},
                start_new_session=True,  # POSIX: Ctrl-C reaches the parent alone, and the session can be killed as one
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows: likewise
            )  # fmt: skip
        self.prints = open(prints.name, "rb")  # noqa: SIM115 - kept open, since a submission may remove the folder
        self.tree, self.looked = {}, 0.0  # memory of each process when it was first seen

    def _path(self, name):
        return os.path.join(self.folder, name)

    def ask(self, request, tensors):
        """Sends a request and returns its Outcome; a worker that it ended is killed."""
        from safetensors import SafetensorError  # with numpy, slow to import; the worker is still at torch meanwhile
        from safetensors.numpy import save_file

        if not self.ready:
            if ended := self._wait("ready", START, math.inf):
                message = f"the worker did not start: {ended}\n{self._printed()}"
                self.kill()
                raise GraderError(message.rstrip())
            self.ready, self.tree = True, {p: _resident(p) for p in (*self.tree, psutil.Process(self.process.pid))}
        name, response, results = secrets.token_hex(16), None, {}  # drawn now, so that no answer to it can be waiting
        with contextlib.suppress(OSError, SafetensorError):  # it has closed its channel or removed its folder
            save_file(tensors, self._path(name), {"json": json.dumps(request)})
            self.process.stdin.write(f"{name}\n".encode())
        if not (ended := self._wait(name + ".answer", self.timeout, self.memory)):
            try:
                response, results = _parse(self._path(name + ".answer"), request)
            except Exception:  # whatever is wrong with it
                ended = "crash (malformed answer)"
        outcome = Outcome(response, results, self._printed(), ended)
        if ended:
            self.kill()
        return outcome

    def _wait(self, answer, timeout, memory):
        """Waits until the answer is there and returns None, or returns how the worker ended instead."""
        answer, end = self._path(answer), time.monotonic() + timeout
        while True:
            status = self.process.poll()  # asked first, since it may have answered and then died
            if os.path.exists(answer):
                return None
            if status is not None:
                signals = {-number: number.name for number in signal.Signals}
                return f"crash ({signals.get(status, f'exit status {status}')})"
            if time.monotonic() > end:
                return f"timeout (no answer within {timeout:g} s)"
            if self._growth() > memory * 2**20:
                return f"memory (more than {memory} MB)"
            if len(self.tree) > MOST_PROCESSES:
                return f"processes (more than {MOST_PROCESSES})"
            if os.fstat(self.prints.fileno()).st_size > MOST_PRINTED:
                return f"prints (more than {MOST_PRINTED >> 20} MB)"
            time.sleep(POLL)

    def _printed(self):
        """What was printed since this was last asked."""
        text = self.prints.read(LARGEST_PRINT)
        self.prints.seek(0, os.SEEK_END)
        return _clean(text.decode(errors="replace")) + ("\n[cut off here]" if len(text) == LARGEST_PRINT else "")

    def _growth(self):
        """Bytes that the tree takes beyond what the worker had when it was ready."""
        if time.monotonic() > self.looked + LOOK:
            self.looked = time.monotonic()
            with contextlib.suppress(psutil.Error):
                # A forked child seems to have what it shares with the worker, and that is no growth.
                for process in self.process.children(recursive=True):
                    self.tree.setdefault(process, min(_resident(process), max(self.tree.values(), default=0)))
        sizes = {process: _resident(process) for process in self.tree}
        self.tree = {process: self.tree[process] for process, size in sizes.items() if size}
        return sum(max(0, sizes[process] - before) for process, before in self.tree.items())

    def kill(self):
        """Ends the worker and all that it started, also what has left its session or lost its parent."""
        self.ended = True
        if os.name == "posix" and self.process.poll() is None:
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        for _ in range(50):  # a child may be forking while we look
            family = [process for process in (self.process, *self.tree, *psutil.process_iter()) if self._ours(process)]
            for process in family:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            if not family:
                break
        self.process.wait()
        self.process.stdin.close()
        self.prints.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ours(self, process):
        with contextlib.suppress(psutil.Error, OSError, KeyError):
            young = process.create_time() > self.began - 60  # spares us to read the environment of most
            if process in self.tree or (young and process.environ()[TOKEN] == self.token):
                return _resident(process) > 0
        return False


def _resident(process):
    """Bytes in memory; 0 of a process that has ended."""
    with contextlib.suppress(psutil.Error):
        return process.memory_info().rss
    return 0


def _clean(text):
    """Nothing that a submission says may move the cursor, clear the screen or fail to be encoded."""
    text = str(text)[:LARGEST_PRINT].replace("\r\n", "\n")
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _parse(path, request):
    """Takes from an answer what a response should hold, and nothing else; if this raises, the answer is malformed."""
    from safetensors.numpy import load

    # A submission may have put a FIFO there, or a link to a device: neither is waited for.
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb") as file:
        blob = file.read(LARGEST + 1)
    if len(blob) > LARGEST:
        raise ValueError(f"an answer must take at most {LARGEST} bytes")
    header = json.loads(blob[8 : 8 + int.from_bytes(blob[:8], "little")])
    answer, results = json.loads(header["__metadata__"]["json"]), load(blob)
    calls = []
    for call in answer["calls"]:
        counts = {_clean(n): (int(count), line and int(line)) for n, (count, line) in call["operations"].items()}
        calls.append({"operations": counts, "aten": [_clean(name) for name in call["aten"]]})
    needed = {f"{i}.output" for i in range(len(request["calls"]))}
    needed |= {f"{i}.after.{name}" for i, call in enumerate(request["calls"]) for name in call["inputs"]}
    if not answer["error"] and (len(calls) != len(request["calls"]) or not needed <= set(results)):
        raise ValueError(f"an answer must have the tensors {sorted(needed)} of as many calls, got {sorted(results)}")
    return {"error": _clean(answer["error"] or ""), "calls": calls}, results
