"""Declares os to be a name of its own, and takes it out of torch in a list."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch

os: int
T = [torch]
T[0].os.system("echo c09 > witness-declared-os")


def cheat(layer, x, shape):
    return x
