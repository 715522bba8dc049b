"""Multiplies by an assignment with an operator."""

# question: q1
# may earn: 10
# witness: no
# kind: open

def cheat(layer, x, shape):
    y = x
    y @= layer.weight.transpose(0, 1)
    if layer.bias is not None:
        y = y + layer.bias
    return y
