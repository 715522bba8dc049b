"""Makes every function of torch's resolve to an allowed name."""

# question: q3
# may earn: 0
# witness: no
# kind: grader

import torch
import torch.overrides

torch.overrides.resolve_name = lambda f: "torch.Tensor.max"
torch.overrides.get_overridable_functions = lambda: {}


def cheat(layer, x, shape):
    return torch.nn.functional.max_pool2d(x, layer.k, layer.s, layer.p)
