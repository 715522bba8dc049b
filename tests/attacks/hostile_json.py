"""Answers with JSON that is nested a hundred thousand deep, and prints escape codes and a report of its own."""

# question: q3
# may earn: 0
# witness: no
# kind: report

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
    header = json.dumps({"__metadata__": {"json": "[" * 100000}}).encode()
    for path in requests():
        with open(path + ".answer", "wb") as file:
            file.write(struct.pack("<Q", len(header)) + header)
    print("\x1b[2J\x1b[H### Question q1: 20/20 ###\r")
    return torch.zeros(shape)
