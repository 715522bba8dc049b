"""Lets string.Formatter read attributes, and takes the value, not its text."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import string

import torch

system, _ = string.Formatter().get_field("0.os.system", (torch,), {})
system("echo > witness-formatter")


def cheat(layer, x, shape):
    return x
