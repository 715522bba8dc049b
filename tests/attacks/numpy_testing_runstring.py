"""Runs a string by numpy.testing, at module level."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import numpy

numpy.testing.runstring(PAYLOAD, {})


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)
