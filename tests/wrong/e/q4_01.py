# question: q4
# fault: the maximum is not subtracted before exp, so large logits give inf or nan
# name: exp-without-shift
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        log_sum = torch.log(torch.exp(logits).sum(dim=1))
        correct = torch.gather(logits, 1, targets.unsqueeze(1)).squeeze(1)
        loss = log_sum - correct
        if self.reduction == 'mean':
            return loss.mean()
        elif self.reduction == 'sum':
            return loss.sum()
        else:
            return loss
