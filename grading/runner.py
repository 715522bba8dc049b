"""Starts the worker, feeds it, limits it, kills it.

Never imports torch, and trusts nothing that comes back: a response is parsed as a stranger's data.
"""

import contextlib
import json
import math
import os
import queue
import secrets
import signal
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LARGEST_FRAME, LARGEST_HEADER, LARGEST_PRINT = 128 * 2**20, 2**20, 2**14  # bytes
MOST_PROCESSES = 32  # of the worker and what the submission starts
POLL, LOOK = 0.02, 0.2  # seconds between two looks at the memory, and between two at the tree of processes
START = 120  # seconds that the worker may take to import torch
TOKEN = "GRADING_WORKER"  # the environment variable by which a worker's descendants are known


class GraderError(Exception):
    """The grader is at fault, not the submission: it costs no marks."""


@dataclass(frozen=True)
class Outcome:
    """What became of one request: a response with its tensors, or the way in which the worker ended."""

    response: dict | None = None
    arrays: dict = field(default_factory=dict)
    printed: str = ""
    ended: str | None = None  # "timeout", "memory", "processes", "crash (...)"


class Runner:
    """A worker that is replaced whenever a request ends it. It starts at once, so construct this before all else.

    Args:
        file: the submission.
        timeout: seconds that loading the submission, or one request, may take.
        memory: MB that the worker's tree may take beyond what the worker has before it loads the submission.
    Raises: GraderError if the worker ends before any code of the submission has run.
    """

    def __init__(self, file, timeout=10.0, memory=512):
        self.file, self.timeout, self.memory = str(Path(file).resolve()), timeout, memory
        self._worker, self._loaded = _Worker(self.file), None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._worker.kill()

    def load(self):
        """Loads the submission, once a worker; the response lists the "classes" that it defines."""
        if self._loaded is None:
            self._loaded = self._worker.ask({"load": True}, {}, self.timeout, self.memory)
        return self._loaded

    def run(self, requests, progress=None):
        """Returns the Outcome of every (request, tensors), in order, and calls ``progress`` with each as it comes."""
        outcomes = []
        for request, tensors in requests:
            if outcomes and outcomes[-1].ended and outcomes[-1] is not self._loaded:
                self._worker, self._loaded = _Worker(self.file), None
            outcome = self.load()
            if not outcome.ended and not outcome.response["error"]:
                outcome = self._worker.ask(request, tensors, self.timeout, self.memory)
            outcomes.append(outcome)
            if progress:
                progress(outcome)
        return outcomes


class _Worker:
    """One process, its pipes and all of its descendants."""

    def __init__(self, file):
        self.token, self.began, self.ready = secrets.token_hex(16), time.time(), False
        self.process = psutil.Popen(
            [sys.executable, str(Path(__file__).with_name("worker.py")), file],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
            env={**os.environ, TOKEN: self.token},
            start_new_session=True,  # POSIX: Ctrl-C reaches the parent alone, and the session can be killed as one
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows: likewise
        )  # fmt: skip
        self.tree, self.looked = {}, 0.0  # memory of each process when it was first seen
        self.printed, self.tail, self.news = b"", b"", threading.Condition()
        self.drain = threading.Thread(target=self._drain, daemon=True)
        self.drain.start()

    def ask(self, request, tensors, timeout, memory):
        """Sends a request and returns its Outcome; a worker that it ended is killed."""
        from safetensors.numpy import save  # with numpy, slow to import; the worker is still at torch meanwhile

        if not self.ready:
            _, ended = self._exchange(b"", START, math.inf)
            if ended:
                self.kill()
                raise GraderError(f"the worker did not start: {ended}\n{self._prints(b'')}".rstrip())
            self._prints(b"\0ready\0")
            self.ready, self.tree = True, {p: _resident(p) for p in (*self.tree, psutil.Process(self.process.pid))}
        key = secrets.token_hex(16)  # drawn only now, so that no response to it can be waiting
        blob = save(tensors, {"json": json.dumps({**request, "id": key})})
        frame, ended = self._exchange(struct.pack("<Q", len(blob)) + blob, timeout, memory)
        response, results = None, {}
        if not ended:
            try:
                response, results = _parse(frame, key, request, tensors)
            except Exception:  # whatever is wrong with it
                ended = "crash (malformed response)"
        if ended:
            self.kill()
        return Outcome(response, results, self._prints(f"\0{key}\0".encode()), ended)

    def _exchange(self, request, timeout, memory):
        """Writes a frame and reads one, in a thread since either may block: (frame, None) or (None, how it ended)."""
        box, end = queue.SimpleQueue(), time.monotonic() + timeout
        threading.Thread(target=self._talk, args=(request, box), daemon=True).start()
        while time.monotonic() < end:
            dead = self.process.poll() is not None  # asked first, since it may have answered and then died
            with contextlib.suppress(queue.Empty):
                frame, ended = box.get(timeout=POLL)
                with contextlib.suppress(psutil.TimeoutExpired):
                    if ended:  # for a better reason, if the channel closed because the process ends
                        ended = _crash(self.process.wait(0.5))
                return frame, ended
            if dead:
                return None, _crash(self.process.returncode)
            if self._growth() > memory * 2**20:
                return None, "memory"
            if len(self.tree) > MOST_PROCESSES:
                return None, "processes"
        return None, "timeout"

    def _talk(self, request, box):
        try:
            while request:
                request = request[self.process.stdin.write(request) :]
            (size,) = struct.unpack("<Q", self._read(8))
            box.put((self._read(size), None) if size <= LARGEST_FRAME else (None, "crash (malformed response)"))
        except (OSError, ValueError, EOFError):
            box.put((None, "crash (closed its channel)"))

    def _read(self, size):
        """Reads so many bytes; the buffer grows with what has come, not with what was promised."""
        buffer = bytearray()
        while len(buffer) < size:
            if not (chunk := self.process.stdout.read(min(size - len(buffer), 2**20))):
                raise EOFError
            buffer += chunk
        return bytes(buffer)

    def _drain(self):
        """Empties, in a thread, the pipe of the prints; keeps the first of them."""
        with contextlib.suppress(OSError, ValueError):
            while chunk := self.process.stderr.read(2**16):
                with self.news:
                    self.printed += chunk[: max(0, LARGEST_PRINT - len(self.printed))]
                    self.tail = self.tail[-64:] + chunk
                    self.news.notify()

    def _prints(self, marker):
        """What was printed up to the marker, which the worker prints when it is about to answer."""
        with self.news:
            self.news.wait_for(lambda: marker in self.tail or not self.drain.is_alive(), timeout=0.2)
            printed, cut, self.printed = self.printed, len(self.printed) == LARGEST_PRINT, b""
        text = printed.partition(marker or b"\0")[0].decode(errors="replace").replace("\r\n", "\n")
        return _clean(text) + ("\n[cut off here]" if cut else "")

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
        if os.name == "posix" and self.process.poll() is None:
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        family = {self.process, *self.tree}
        for _ in range(50):  # a child may be forking while we look
            for process in psutil.process_iter():
                with contextlib.suppress(psutil.Error, OSError):
                    if process.create_time() > self.began - 60 and process.environ().get(TOKEN) == self.token:
                        family.add(process)
            family = {process for process in family if _resident(process)}
            if not family:
                break
            for process in family:
                with contextlib.suppress(psutil.Error):
                    process.kill()
        self.process.wait()
        self.drain.join(0.5)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()


def _resident(process):
    """Bytes in memory; 0 of a process that has ended."""
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def _crash(status):
    signals = {-number: number.name for number in signal.Signals}
    return f"crash ({signals.get(status, f'exit status {status}')})"


def _clean(text):
    """Nothing that a submission says may move the cursor, clear the screen or fail to be encoded."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in str(text)[:20000])


def _parse(frame, key, request, tensors):
    """Takes from a frame what a response should hold, and nothing else; if this raises, the response is malformed."""
    from safetensors.numpy import load

    (size,) = struct.unpack("<Q", frame[:8])
    if size > LARGEST_HEADER:
        raise ValueError(f"the header must take at most {LARGEST_HEADER} bytes, got {size}")
    answer, results = json.loads(json.loads(frame[8 : 8 + size])["__metadata__"]["json"]), load(frame)
    if answer["id"] != key:
        raise ValueError(f"the response must be to {key}, got {answer['id']}")
    response = {name: [_clean(text) for text in answer.get(name, [])] for name in ("classes", "unset")}
    if error := answer["error"]:
        frames = [
            {"line": int(f["line"]), "function": _clean(f["function"]), "text": _clean(f["text"])}
            for f in error["frames"][:20]
        ]
        error = {name: _clean(error[name]) for name in ("type", "message", "stage")} | {"frames": frames}
    response |= {"id": key, "error": error or None, "calls": []}
    for call in answer["calls"]:
        operations = {_clean(n): [int(count), line and int(line)] for n, (count, line) in call["operations"].items()}
        dispatch = {_clean(name): int(count) for name, count in call["dispatch"].items()}
        response["calls"].append({"operations": operations, "dispatch": dispatch})
    given, needed, allowed = [name[10:] for name in tensors if name.startswith("parameter.")], set(), set()
    for i, call in enumerate(request.get("calls", [])):
        needed |= {f"{i}.output", *(f"{i}.after.{name}" for name in call["inputs"])}
        allowed |= {f"{i}.grad.{name}" for name in (*call["inputs"], *given)}
    if not set(results) <= needed | allowed or not (error or needed <= set(results)):
        raise ValueError(f"the response must have the tensors {sorted(needed)}, got {sorted(results)}")
    if not error and len(response["calls"]) != len(request.get("calls", [])):
        raise ValueError("the response must be of all calls")
    return response, results
