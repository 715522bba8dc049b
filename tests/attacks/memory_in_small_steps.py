"""Takes memory bit by bit, and catches the error that says there is no more."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

KEPT = []


def cheat(layer, x, shape):
    while True:
        try:
            KEPT.append(bytes(2**24))
            KEPT[-1] += KEPT[-1]
        except MemoryError:
            pass
