"""Asks a distribution for the probability of the targets."""

# question: q4
# may earn: 10
# witness: no
# kind: open

import torch


def cheat(layer, x, shape):
    categories = torch.distributions.Categorical(logits=x.movedim(1, -1))
    loss = -categories.log_prob(layer.targets)
    return {"none": lambda: loss, "mean": loss.mean, "sum": loss.sum}[layer.reduction]()
