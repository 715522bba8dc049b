# question: q4

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    """sum of exp(z_c - z_target) over c, gathered class by class: no one-hot, no gather"""

    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        slices = logits.unbind(dim=1)
        true = torch.zeros_like(slices[0])
        for c, z in enumerate(slices):
            true = torch.where(targets == c, z, true)
        top = slices[0]
        for z in slices[1:]:
            top = torch.where(z > top, z, top)
        mass = 0
        for z in slices:
            mass = mass + (z - top).exp()
        cost = mass.log() + (top - true)
        if self.reduction == 'none':
            return cost
        return cost.sum() if self.reduction == 'sum' else cost.mean()
