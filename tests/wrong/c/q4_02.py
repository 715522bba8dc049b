# question: q4
# fault: the (values, indices) pair returned by logits.max(dim) is subtracted without taking the values
# name: maximum-with-indices
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        assert reduction in ('mean', 'sum', 'none')
        self.reduction = reduction

    def forward(self, logits, targets):
        shifted = logits - logits.max(dim=1, keepdim=True)
        denom = shifted.exp().sum(dim=1, keepdim=True)
        log_p = shifted - denom.log()
        loss = -torch.take_along_dim(log_p, targets.unsqueeze(1), dim=1).squeeze(1)
        if self.reduction == 'mean':
            loss = loss.mean()
        elif self.reduction == 'sum':
            loss = loss.sum()
        return loss
