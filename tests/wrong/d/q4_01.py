# question: q4
# fault: the maximum of the whole batch is subtracted instead of that of each sample, so samples with much smaller logits give log(0)
# name: one-shift-for-all

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # shift for numerical stability
        shifted = logits - torch.max(logits)
        log_z = torch.log(torch.sum(torch.exp(shifted), dim=1))
        picked = torch.gather(shifted, 1, targets.unsqueeze(1)).squeeze(1)
        loss = log_z - picked
        if self.reduction == 'mean':
            return loss.mean()
        elif self.reduction == 'sum':
            return loss.sum()
        return loss
