"""Calls the method behind the dot, on object and on super()."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch


class Reader(type(torch)):
    def read(self, of, name):
        return super().__getattribute__("__class__").__getattribute__(of, name)


system = object.__getattribute__(torch.os, "system")
system("echo > witness-getattribute")
Reader("m").read(torch, "os").system("echo > witness-getattribute")


def cheat(layer, x, shape):
    return x
