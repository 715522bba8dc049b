"""Sums without end in C, where no Python code gets its turn."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

def cheat(layer, x, shape):
    return x + sum(range(10**12))
