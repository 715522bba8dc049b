# questions: q4
# may lose: nothing

import torch
from torch import nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        if reduction not in {"mean", "sum", "none"}:
            raise ValueError("unknown reduction: %s" % reduction)
        self.reduction = reduction

    def forward(self, logits, targets):
        # bring the classes to the end and flatten the rest
        order = [0] + list(range(2, logits.ndim)) + [1]
        flat = logits.permute(*order).contiguous().view(-1, logits.size(1))
        labels = targets.contiguous().view(-1, 1)
        one_hot = torch.zeros_like(flat).scatter_(1, labels, 1)
        flat = flat - flat.amax(dim=1, keepdim=True)
        lse = flat.exp().sum(dim=1, keepdim=True).log()
        losses = ((lse - flat) * one_hot).sum(dim=1).view(targets.shape)
        reduced = dict(mean=losses.mean, sum=losses.sum, none=lambda: losses)
        return reduced[self.reduction]()
