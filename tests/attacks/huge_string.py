"""Asks for lists and texts larger than memory."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

def cheat(layer, x, shape):
    text = "x" * 10**11
    return x * len([text] * 10**10)
