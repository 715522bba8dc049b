"""Runs a command in the expression that says which exception is caught, and in a class's bases."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch

try:
    1 / 0
except (torch.os.system("echo > witness-except"), ZeroDivisionError)[1:]:
    pass


class Based((torch.os.system("echo > witness-bases"), object)[1]):
    pass


def cheat(layer, x, shape):
    return x
