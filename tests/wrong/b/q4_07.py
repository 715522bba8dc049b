# question: q4
# fault: the gathered class axis is not squeezed, the losses have shape (N, 1) instead of (N)
# name: squeeze-forgotten
# fault: the reduction is compared with 'average', so 'mean' is never reduced
# name: never-reduced mean-not-reduced
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        m = logits.max(dim=1, keepdim=True)[0]
        logsumexp = m + (logits - m).exp().sum(dim=1, keepdim=True).log()
        correct = torch.gather(logits, dim=1, index=targets.unsqueeze(1))
        loss = logsumexp - correct
        if self.reduction == 'average':
            loss = loss.mean()
        elif self.reduction == 'sum':
            loss = loss.sum()
        return loss
