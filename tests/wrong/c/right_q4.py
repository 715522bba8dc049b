# question: q4
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    """Walks over the classes one at a time; margin_c = x_c - x_t, loss = log sum_c exp(margin_c)."""

    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        planes = logits.unbind(1)
        x_t = torch.zeros_like(planes[0])
        for c, plane in enumerate(planes):
            x_t = torch.where(targets == c, plane, x_t)
        margins = torch.stack([plane - x_t for plane in planes], dim=-1)
        peak = margins.max(-1)[0]
        acc = 0
        for c in range(len(planes)):
            acc = acc + (margins[..., c] - peak).exp()
        loss = peak + acc.log()
        return {'mean': loss.mean, 'sum': loss.sum, 'none': lambda: loss}[self.reduction]()
