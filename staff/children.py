"""Asks the children of server.py, limits them and kills them. Never imports torch. Linux only.

A child stands in for runner.py's worker, and nothing that comes of it is trusted: a message has a
limit in bytes and in seconds, however it dribbles in, and is parsed as a stranger's data.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from grading import GraderError
from grading.outcome import LONGEST, Ended, Outcome, Request, clean
from grading.runner import (
    LARGEST,
    MOST_PRINTED,
    START,
    WHERE,
    check_room,
    environment,
    exit_status,
    parse_answer,
    read_json,
)

ROOT = Path(__file__).parent.parent
SERVER = ["-B", "-m", "staff.server"]
LENGTH = 8  # bytes that say how long a message is
LOOK = 0.05  # seconds between two looks at a child's memory
COMPUTING = 600  # seconds of it, after which the kernel ends a child that nobody has ended
MEMORY = 512  # MB of a child that attacks
SPARE = 2  # times the memory that a child may take; before that we end it, and say why
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class ServerLost(GraderError):
    """The server has ended, and its children with it: what they were asked says nothing."""


class Server(contextlib.AbstractContextManager):
    """The process that has imported torch. Several threads may fork children of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_stopped = False
        self.generation = 0  # how often it had to be replaced
        self._start()

    def _start(self) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Two runs must see the same, and one thread sums in one order.
        settings = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, *SERVER],
                stdin=theirs.fileno(),
                cwd=ROOT,
                env=environment() | settings,
                start_new_session=True,  # Ctrl-C reaches the parent alone
            )
        self._channel.settimeout(START)
        self._is_ready = False

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the server and its children, whatever they are at."""
        self._is_stopped = True
        self.process.kill()
        self.process.wait()
        with self._lock:
            self._channel.close()

    def fork(self, timeout: float, memory: float) -> Child:
        """Starts a child, which has torch at once. Raises: ServerLost if the server has ended."""
        return self._fork({"limits": _limits(memory)}, timeout, memory)

    def attack(self, case: str, results: str) -> list[str]:
        """Lets a child attack its walls, and returns the names of what got through.

        Args:
            case: a file with answers.
            results: a folder that we can write to.
        """
        order = {"limits": _limits(MEMORY), "attack": [case, results]}
        child = self._fork(order, START, MEMORY)
        try:
            ended, blob = child.receive(START)
            if ended:
                raise GraderError(f"the walls cannot be put up: {ended}\n{child.printed()}")
            return [str(name) for name in json.loads(blob)]
        finally:
            child.kill()

    def _fork(self, order: dict[str, Any], timeout: float, memory: float) -> Child:
        ours, theirs = socket.socketpair()
        prints = os.memfd_create("prints")
        with theirs:
            generation, answer = self._order(order, [theirs.fileno(), prints])
        return Child(self, generation, answer["pid"], ours, prints, timeout, memory)

    def end(self, pid: int, generation: int) -> int:
        """Ends a child and returns its exit status; that of its own end, if it has ended before.

        Raises: ServerLost if its server has ended, and so the child.
        """
        if generation != self.generation:
            raise ServerLost("the server of processes had to be replaced")
        # Until the server has been asked for its status, the number is no other process's.
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
        _, answer = self._order({"wait": pid}, [], generation)
        return answer["status"]

    def _order(
        self, order: dict[str, Any], files: list[int], generation: int | None = None
    ) -> tuple[int, dict[str, Any]]:
        with self._lock:
            if generation not in (None, self.generation):
                raise ServerLost("the server of processes had to be replaced")
            try:
                if not self._is_ready:
                    self._answer()
                    self._is_ready = True
                socket.send_fds(self._channel, [json.dumps(order).encode()], files)
                return self.generation, self._answer()
            except OSError as error:
                self._replace()
                raise ServerLost(f"the server of processes has ended: {error}") from error

    def _answer(self) -> dict[str, Any]:
        message = self._channel.recv(4096)
        if not message:
            raise OSError("no answer")
        return json.loads(message)

    def _replace(self) -> None:
        self._channel.close()
        self.process.kill()
        self.process.wait()
        self.generation += 1
        if not self._is_stopped:
            self._start()


def _limits(memory: float) -> dict[str, int]:
    most = int(SPARE * memory * 2**20)
    return {"memory": most, "seconds": COMPUTING, "prints": MOST_PRINTED + 2**20}


class Child:
    """A process of a submission's, walled in; see runner.AnswersRequests."""

    def __init__(
        self,
        server: Server,
        generation: int,
        pid: int,
        channel: socket.socket,
        prints: int,
        timeout: float,
        memory: float,
    ):
        self.ended = False
        self._exited = 0
        self._server = server
        self._generation = generation
        self.pid = pid
        self._channel = channel
        self._prints = prints
        self._seen = 0  # bytes of the prints
        self._timeout = timeout
        self._memory = memory
        self._first = self._resident()

    def ask(self, request: Request | dict[str, Any], tensors: dict[str, np.ndarray]) -> Outcome:
        """Sends a request and returns its Outcome; a child that it ended is killed.

        Raises: ServerLost if the child was taken from us.
        """
        self._send(save(tensors, {"json": json.dumps(request)}))
        ended, blob = self.receive(self._timeout)
        if ended and ended.kind == "timeout":
            ended = Ended(ended.kind, ended.detail, self._where())
        response = None
        arrays: dict[str, np.ndarray] = {}
        if not ended:
            try:
                response, arrays = parse_answer(blob, request)
            except Exception:  # whatever is wrong with it
                ended = Ended("crash", "malformed answer")
        outcome = Outcome(response, arrays, self.printed(), ended)
        if ended:
            self.kill()
            check_room()
        return outcome

    def _send(self, blob: bytes) -> None:
        self._channel.settimeout(self._timeout)
        # What does not read gets no answer, and one that has ended none either.
        with contextlib.suppress(OSError):
            self._channel.sendall(len(blob).to_bytes(LENGTH, "little") + blob)

    def receive(self, timeout: float) -> tuple[Ended | None, bytes]:
        """Returns a whole message, or how the child ended instead."""
        end = time.monotonic() + timeout
        blob = bytearray()
        wanted = LENGTH
        while len(blob) < wanted:
            if time.monotonic() > end:
                return Ended("timeout", f"no answer within {timeout:g} s"), b""
            if select.select([self._channel], [], [], LOOK)[0]:
                part = self._part(wanted - len(blob))
                if not part:
                    return Ended("crash", exit_status(self._end())), b""
                blob += part
                if len(blob) == wanted == LENGTH:
                    wanted += int.from_bytes(blob, "little")
                    if wanted > LENGTH + LARGEST:
                        return Ended("crash", "malformed answer"), b""
                continue
            if self._resident() - self._first > self._memory * 2**20:
                return Ended("memory", f"more than {self._memory} MB"), b""
            if os.fstat(self._prints).st_size > MOST_PRINTED:
                return Ended("prints", f"more than {MOST_PRINTED >> 20} MB"), b""
        return None, bytes(blob[LENGTH:])

    def _part(self, most: int) -> bytes:
        try:
            return self._channel.recv(most)
        except OSError:
            return b""

    def _where(self) -> int | None:
        """Returns the line of the submission that is running, if the child can say it."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            os.kill(self.pid, signal.SIGUSR1)
            ended, blob = self.receive(WHERE)
            if not ended:
                return int(read_json(blob)["line"])
        return None

    def printed(self) -> str:
        """What was printed since this was last asked."""
        text = os.pread(self._prints, LONGEST, self._seen)
        self._seen = os.fstat(self._prints).st_size
        printed = clean(text.decode(errors="replace"))
        if len(text) == LONGEST:
            printed += "\n[cut off here]"
        return printed

    def _resident(self) -> int:
        """Bytes in memory; 0 if it has ended."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            statm = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii")
            return int(statm.split()[1]) * PAGE
        return 0

    def kill(self) -> None:
        """Ends the child; it has started no other process."""
        with contextlib.suppress(ServerLost):
            self._end()
        self._channel.close()
        if self._prints >= 0:
            os.close(self._prints)
            self._prints = -1

    def _end(self) -> int:
        if not self.ended:
            self.ended = True
            self._exited = self._server.end(self.pid, self._generation)
        return self._exited
