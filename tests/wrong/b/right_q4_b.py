# question: q4
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # margins to the true class: loss = log sum_c exp(z_c - z_true)
        c = logits.shape[1]
        margins = logits - logits.gather(1, targets.unsqueeze(1))
        margins = margins.transpose(0, 1).reshape(c, -1)
        worst = margins.max(0)[0].clone()
        per = worst + (margins - worst).exp().sum(0).log()
        total = per.sum()
        return {'none': per.reshape(targets.shape),
                'sum': total,
                'mean': total / targets.numel()}[self.reduction]
