"""Returns one element that broadcasts against the reference."""

# question: q3
# may earn: 0
# witness: no
# kind: answers

def cheat(layer, x, shape):
    return x.mean().reshape([1] * len(shape))
