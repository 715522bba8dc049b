"""Reads a file by numpy."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import numpy

print(bytes(numpy.fromfile("secret.txt", "u1")))


def cheat(layer, x, shape):
    return x
