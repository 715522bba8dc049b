"""Lets unittest.mock import a module by the name of what is to be patched."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

from unittest import mock

mock.patch("os.getcwd").getter().system("echo > witness-unittest")


def cheat(layer, x, shape):
    return x
