"""Imports torch once, and forks a process for each submission, which walls itself in.

children.py starts this file and tells it what to do over a socket, stdin: a message is JSON, with
which files of a new child's travel. A child reads requests from its own socket and answers there.
What it holds is only what a worker holds, so that a forged answer is what the submission could
have computed anyway.

    {"limits": {...}}   with the child's socket and its stdout: fork; answers {"pid": ...}
    {"limits": {...}, "attack": [CASE, RESULTS]}   the child attacks the walls, and says which fell
    {"wait": PID}       answers {"status": ...}, of a child that has ended or been killed
"""

import gc
import io
import json
import os
import signal
import socket
import sys

import torch
from safetensors.numpy import load, save

from grading.gate import line_of
from grading.operations import TABLES
from grading.runner import read_json
from grading.worker import Submission, serve_one
from staff import confine

LENGTH = 8  # bytes that say how long a message is
MESSAGE = 4096  # bytes of a message of children.py's
OWN = 3  # the file of a child's socket


def main():
    channel = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (sys.stdout, sys.stderr):  # each line at once, so that a crash loses none
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
    # The repository's own modules are loaded; none is found by a submission.
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != root]
    torch.set_num_threads(1)  # a thread would not survive a fork
    warm_up()
    gc.collect()
    gc.freeze()  # the collector of a child would write to, and so copy, what all share
    channel.send(b"{}")
    while True:
        message, files, _, _ = socket.recv_fds(channel, MESSAGE, 2)
        if not message:
            return
        channel.send(json.dumps(obey(json.loads(message), files)).encode())


def warm_up():
    """Lets torch and the gate do now what they do once: a child may not read /proc/cpuinfo.

    There is no backward pass, whose threads would not survive a fork.
    """
    Submission("import torch\n", "warm.py", TABLES)
    with torch.no_grad():
        x = torch.ones(2, 2, 4, 4)
        weight = torch.ones(2, 2, 3, 3)
        torch.nn.functional.conv2d(x, weight)
        torch.nn.functional.linear(x, torch.ones(3, 4))
        torch.einsum("nkl,ok->nol", torch.nn.functional.unfold(x, 3), weight.flatten(1))
        x.flatten(1).logsumexp(1)


def obey(order, files):
    if "wait" in order:
        _, status = os.waitpid(order["wait"], 0)
        return {"status": os.waitstatus_to_exitcode(status)}
    pid = os.fork()
    if pid == 0:
        be_a_child(order, *files)
    for file in files:
        os.close(file)
    return {"pid": pid}


def be_a_child(order, own, prints):
    """Walls this process in and answers, and never returns to the server's loop."""
    try:
        os.dup2(prints, 1)
        os.dup2(prints, 2)
        os.dup2(own, OWN)
        # The server's socket among them, which would be a way out.
        os.closerange(OWN + 1, os.sysconf("SC_OPEN_MAX"))
        if "attack" in order:
            tried = confine.attacks(*order["attack"])
            confine.confine(**order["limits"])
            write_message(json.dumps(confine.breaches(tried)).encode())
        else:
            serve(order["limits"])
    finally:
        sys.stdout.flush()
        os._exit(1)


def serve(limits):
    running = {"file": ""}

    def say_where(_, frame):
        line = line_of(frame, running["file"])
        write_message(save({}, {"json": json.dumps({"line": line})}))

    signal.signal(signal.SIGUSR1, say_where)
    confine.confine(**limits)
    submission = None
    while True:
        blob = read_message()
        request = read_json(blob)
        results = {}
        if "text" in request:
            running["file"] = request["file"]
            submission = Submission(
                request["text"], request["file"], request["tables"], BaseException
            )
            answer = submission.answer
        else:
            answer, results = serve_one(submission, request, load(blob), catch=BaseException)
        sys.stdout.flush()
        write_message(save(results, {"json": json.dumps(answer)}))


def read_message():
    """Returns what was asked. The channel ends when the grader does, and so do we."""
    length = int.from_bytes(read_exactly(LENGTH), "little")
    return read_exactly(length)


def read_exactly(count):
    parts = []
    while count:
        part = os.read(OWN, count)
        if not part:
            os._exit(0)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def write_message(blob):
    rest = memoryview(len(blob).to_bytes(LENGTH, "little") + blob)
    while rest:
        rest = rest[os.write(OWN, rest) :]


if __name__ == "__main__":
    main()
