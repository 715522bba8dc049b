"""Raises a number to a power that takes hours, and makes its text."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

def cheat(layer, x, shape):
    return x * len(str(10 ** 10**8))
