# question: q4
# fault: the mean divides by the batch size only, not by the number of all target positions
# name: mean-over-batch-only
# fault: reduction 'none' gives a flat vector instead of the shape of the targets
# name: flat-losses
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        N, C = logits.shape[0], logits.shape[1]
        z = logits.reshape(N, C, -1)
        y = targets.reshape(N, 1, -1)
        # everything relative to the logit of the right class:  log sum_c exp(z_c - z_y)
        d = z - torch.gather(z, 1, y)
        top = d.max(dim=1, keepdim=True)[0]
        L = top.squeeze(1) + (d - top).exp().sum(dim=1).log()       # (N, positions)
        if self.reduction == 'sum':
            return L.sum()
        elif self.reduction == 'mean':
            return L.sum() / N
        elif self.reduction == 'none':
            L = L.reshape(-1)
            return L
        raise ValueError(self.reduction)
