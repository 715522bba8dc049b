# question: q4
# fault: the softmax is taken over the last dimension instead of dimension 1
# name: softmax-over-last-dimension
import torch
from torch import nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    @staticmethod
    def log_softmax(x):
        m = x.max(dim=-1, keepdim=True).values
        return x - m - (x - m).exp().sum(dim=-1, keepdim=True).log()

    def forward(self, logits, targets):
        logp = self.log_softmax(logits)
        loss = -logp.gather(1, targets.unsqueeze(1)).squeeze(1)
        if self.reduction == 'mean':
            loss = loss.mean()
        elif self.reduction == 'sum':
            loss = loss.sum()
        return loss
