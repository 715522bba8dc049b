# question: q4
# fault: the softmax is taken over the batch (dim 0) instead of over the classes (dim 1)
# name: softmax-over-batch
import torch
from torch import nn


def my_log_softmax(z, axis=0):
    z = z - z.max(axis, keepdim=True).values
    return z - z.exp().sum(axis, keepdim=True).log()


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        assert reduction in ('mean', 'sum', 'none')
        self.reduction = reduction

    def forward(self, logits, targets):
        log_p = my_log_softmax(logits)
        nll = -log_p.gather(1, targets[:, None])[:, 0]
        if self.reduction == 'none':
            return nll
        return nll.sum() if self.reduction == 'sum' else nll.mean()
