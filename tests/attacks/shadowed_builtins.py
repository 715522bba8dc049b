"""Defines its own getattr, type and the like, in case what asks first looks them up by name."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch

seen = []


def keep(*args):
    seen.append(args)
    return args[0]


getattr = hasattr = isinstance = type = callable = keep
found = torch.os
found.system("echo > witness-shadowed")


def cheat(layer, x, shape):
    return x
