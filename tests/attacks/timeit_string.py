"""Lets timeit run a string."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import timeit

timeit.timeit(PAYLOAD, number=1)


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)
