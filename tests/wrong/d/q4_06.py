# question: q4
# fault: the loop over the classes starts at one, so samples of class 0 cost nothing
# name: first-class-free

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        z = logits - logits.max(dim=1, keepdim=True)[0]
        log_sum = z.exp().sum(dim=1).log()
        loss = torch.zeros_like(log_sum)
        for k in range(1, logits.shape[1]):
            loss = torch.where(targets == k, log_sum - z[:, k], loss)
        if self.reduction == 'mean':
            return loss.sum() / loss.numel()
        elif self.reduction == 'sum':
            return loss.sum()
        else:
            return loss
