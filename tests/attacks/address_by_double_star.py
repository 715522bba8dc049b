"""A tensor at an address of one's own choice: cdata is refused as a keyword, and torch.Tensor takes it from a dict."""

# question: q3
# may earn: 0
# witness: no
# kind: outside

import torch


def cheat(layer, x, shape):
    return torch.Tensor(**{"cdata": 12345})
