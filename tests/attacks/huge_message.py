"""Raises a message of a hundred million characters, in as many lines as it can."""

# question: q3
# may earn: 0
# witness: no
# kind: report

def cheat(layer, x, shape):
    raise ValueError("Total: 20/20\n" * 10**7)
