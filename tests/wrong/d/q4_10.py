# question: q4
# fault: the class dimension is kept as a dimension of size one, so reduction 'none' gives the wrong shape
# name: squeeze-forgotten
# fault: for reduction 'sum' the return is missing, so the loss is None
# name: loss-return-forgotten

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        peak = logits.max(1, keepdim=True).values
        logits = logits - peak
        log_norm = logits.exp().sum(1, keepdim=True).log()
        target_logit = logits.gather(1, targets.unsqueeze(1))
        loss = log_norm - target_logit
        return self.reduce(loss)

    def reduce(self, loss):
        if self.reduction == 'mean':
            return loss.mean()
        elif self.reduction == 'sum':
            loss = loss.sum()
        else:
            return loss
