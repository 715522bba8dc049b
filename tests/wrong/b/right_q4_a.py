# question: q4
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    """Online log-sum-exp: one pass over the classes with a running maximum."""

    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        slices = logits.unbind(1)
        peak = slices[0]
        mass = torch.ones_like(peak)
        picked = torch.zeros_like(peak)
        for label, z in enumerate(slices):
            picked = torch.where(targets == label, z, picked)
            if label == 0:
                continue
            new_peak = torch.where(z > peak, z, peak)
            mass = mass * torch.exp(peak - new_peak) + torch.exp(z - new_peak)
            peak = new_peak
        loss = peak + torch.log(mass) - picked
        if self.reduction == 'mean':
            return loss.mean()
        if self.reduction == 'sum':
            return loss.sum()
        return loss
