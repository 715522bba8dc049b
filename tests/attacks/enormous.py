"""Returns an expanded tensor that takes a terabyte once it is copied."""

# question: q3
# may earn: 0
# witness: no
# kind: answers

import torch


def cheat(layer, x, shape):
    return torch.zeros(1).expand(2**38)
