"""Recurses until Python stops it, catches that, and goes on."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

def dive(n=0):
    try:
        return dive(n + 1)
    except RecursionError:
        return dive(n + 1) if n % 2 else n


def cheat(layer, x, shape):
    return x * dive()
