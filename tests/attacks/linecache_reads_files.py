"""Lets the cache of source lines read a file."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import traceback

print(traceback.linecache.getlines("secret.txt"))


def cheat(layer, x, shape):
    return x
