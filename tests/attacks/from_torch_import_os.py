"""Imports os from torch, and sys from typing."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

from torch import os as numbers
from typing import sys as hints

numbers.system("echo > witness-from-import")
hints.modules["posix"].system("echo > witness-from-import")


def cheat(layer, x, shape):
    return x
