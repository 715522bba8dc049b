# question: q4
# fault: the maximum is subtracted from the logits in place, so the caller's tensor is changed
# name: logits-shifted-in-place
# fault: squeeze() without a dimension also removes the other dimensions of size one
# name: none-squeezed
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        logits -= logits.max(dim=1, keepdim=True)[0]
        denom = logits.exp().sum(dim=1, keepdim=True)
        log_p = logits - denom.log()
        loss = -log_p.gather(1, targets.unsqueeze(1)).squeeze()

        if self.reduction == 'mean':
            loss = loss.mean()
        elif self.reduction == 'sum':
            loss = loss.sum()
        return loss
