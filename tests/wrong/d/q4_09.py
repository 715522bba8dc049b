# question: q4
# fault: label smoothing spreads its share over the C - 1 wrong classes instead of all C classes
# name: -

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean', label_smoothing=0.0):
        super().__init__()
        self.reduction = reduction
        self.label_smoothing = label_smoothing

    def forward(self, logits, targets):
        C = logits.shape[1]
        eps = self.label_smoothing
        z = logits.movedim(1, -1)
        z = z - z.max(-1, keepdim=True)[0]
        logp = z - z.exp().sum(-1, keepdim=True).log()
        loss = -logp.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
        if eps > 0:
            others = -logp.sum(-1) - loss
            loss = (1 - eps) * loss + eps * others / max(C - 1, 1)
        if self.reduction == 'mean':
            loss = loss.mean()
        elif self.reduction == 'sum':
            loss = loss.sum()
        return loss
