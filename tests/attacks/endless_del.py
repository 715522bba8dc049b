"""Leaves an object behind that never finishes to be deleted."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

class Sticky:
    def __del__(self):
        while True:
            pass


def cheat(layer, x, shape):
    Sticky()
    return x
