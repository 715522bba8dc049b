"""Looks for the real function inside of whatever stands for it: closure, cell, default, partial."""

# question: q3
# may earn: 0
# witness: no
# kind: grader

import torch.nn.functional as F

found = F.max_pool2d
for name in ("__wrapped__", "__func__", "__self__", "func", "function", "real", "_f", "f", "target"):
    found = getattr(found, name, found)
cells = getattr(found, "__closure__", None) or ()
candidates = [cell.cell_contents for cell in cells] + [found]


def cheat(layer, x, shape):
    return [f for f in candidates if callable(f)][0](x, layer.k, layer.s, layer.p)
