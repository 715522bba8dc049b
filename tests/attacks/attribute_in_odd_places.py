"""Reads and writes attributes where no expression stands: in loop targets, with, del, annotations and f-strings."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import contextlib

import torch


class Box:
    pass


for Box.a in [torch]:
    pass
with contextlib.nullcontext(Box.a) as Box.b:
    pass
[Box.c, *Box.d] = [Box.b, 1]
print(f"{Box.c.os.system('echo > witness-f-string'):>{Box.b.os.getpid() % 3}}")


def annotated(x: torch.os.system("echo > witness-annotation"), *, y=Box.c.os.system("echo > witness-default")):
    return x


def cheat(layer, x, shape):
    return x
