"""Lets functools evaluate an annotation that is a string."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

from functools import singledispatch

TEXT = PAYLOAD


@singledispatch
def look(x):
    return x


@look.register
def look_at_int(x: "exec(TEXT) or int"):
    return x


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)
