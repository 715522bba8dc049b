"""Takes log_softmax out of torch.special, and gathers."""

# question: q4
# may earn: 10
# witness: no
# kind: open

import torch


def cheat(layer, x, shape):
    logs = torch.special.log_softmax(x, 1)
    loss = -logs.gather(1, layer.targets.unsqueeze(1)).squeeze(1)
    return {"none": lambda: loss, "mean": loss.mean, "sum": loss.sum}[layer.reduction]()
