"""Reads attributes by operator.attrgetter."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

from operator import attrgetter, methodcaller

import torch

methodcaller("system", "echo > witness-attrgetter")(attrgetter("os")(torch))


def cheat(layer, x, shape):
    return x
