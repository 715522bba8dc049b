"""Imports all names of torch.nn.functional, importlib among them."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

from torch.nn.functional import *
from torch.nn.modules.module import *

importlib.import_module("os").system("echo > witness-star")


def cheat(layer, x, shape):
    return x
