"""Answers with a link to a device that never ends, and with a FIFO that nobody writes to."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

import contextlib
import os
import sys

import torch


def requests():
    """The requests in the worker's folder, among them the one that is being answered."""
    folder = sys.argv[2] if len(sys.argv) > 2 else os.devnull
    return (
        [os.path.join(folder, name) for name in os.listdir(folder) if len(name) == 32] if os.path.isdir(folder) else []
    )


def cheat(layer, x, shape):
    for i, path in enumerate(requests()):
        with contextlib.suppress(OSError, AttributeError):
            os.mkfifo(path + ".answer") if i % 2 else os.symlink("/dev/zero", path + ".answer")
    return torch.zeros(shape)
