"""Raises an exception whose text is never ready, and whose name is no name."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

class Error(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


def cheat(layer, x, shape):
    raise Error
