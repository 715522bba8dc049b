# question: q4
# fault: the shift is the maximum of the whole batch instead of each sample's own, so exp of lower samples underflows to 0
# name: one-shift-for-all
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduce = {'mean': torch.mean, 'sum': torch.sum, 'none': lambda t: t}[reduction]

    def forward(self, logits, targets):
        stable = logits - torch.max(logits)
        exps = torch.exp(stable)
        log_denominator = torch.log(exps.sum(1))
        numerator = stable.take_along_dim(targets.unsqueeze(1), dim=1).squeeze(1)
        return self.reduce(log_denominator - numerator)
