# question: q4
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    # loss = log(1 + sum over the other classes of exp(z_c - z_y)), with the largest margin taken out
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        C = logits.shape[1]
        by_class = logits.movedim(1, -1).reshape(-1, C)
        y = targets.reshape(-1)
        own = by_class.reshape(-1)[torch.arange(len(y), device=y.device) * C + y]
        margin = by_class - own.unsqueeze(1)
        big = margin.max(1)[0]
        loss = big + (margin - big.unsqueeze(1)).exp().sum(1).log()
        if self.reduction == 'sum':
            return loss.sum()
        if self.reduction == 'mean':
            return loss.mean()
        return loss.reshape(targets.shape)
