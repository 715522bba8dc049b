"""Writes answers of its own into the folder of the channel, before the real one."""

# question: q3
# may earn: 0
# witness: no
# kind: grader

import json
import os
import struct
import sys

import torch


def requests():
    """The requests in the worker's folder, among them the one that is being answered."""
    folder = sys.argv[2] if len(sys.argv) > 2 else os.devnull
    return (
        [os.path.join(folder, name) for name in os.listdir(folder) if len(name) == 32] if os.path.isdir(folder) else []
    )


def cheat(layer, x, shape):
    text = json.dumps({"error": "", "calls": [], "passed": True, "score": 20})
    header = json.dumps({"__metadata__": {"json": text}}).encode()
    for path in requests():
        with open(path + ".answer", "wb") as file:
            file.write(struct.pack("<Q", len(header)) + header)
    return torch.zeros(shape)
