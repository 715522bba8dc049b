# question: q4
# fault: the classes are exchanged with the last dimension by transpose, so with two or more further dimensions the logits no longer fit their targets
# name: classes-transposed

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        C = logits.shape[1]
        # classes to the back, then one row a pixel
        rows = logits.transpose(1, -1).reshape(-1, C)
        labels = targets.reshape(-1)
        top, _ = rows.max(dim=1, keepdim=True)
        rows = rows - top
        log_p = rows - rows.exp().sum(dim=1, keepdim=True).log()
        nll = -log_p[torch.arange(labels.numel(), device=labels.device), labels]
        if self.reduction == 'none':
            return nll.reshape(targets.shape)
        return nll.sum() if self.reduction == 'sum' else nll.mean()
