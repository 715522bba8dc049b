"""Imports Python's built-ins under a harmless name."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import builtins as math

math.exec(PAYLOAD)


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)
