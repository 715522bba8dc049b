"""Waits for somebody to type, and for an hour to pass."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

import time


def cheat(layer, x, shape):
    try:
        input("Password: ")
    except EOFError:
        time.sleep(3600)
    return x
