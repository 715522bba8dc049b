# question: q4
# fault: a small number is added to the probability before the logarithm, so the loss of a very wrong prediction is cut off at about 16
# name: eps-inside-log logarithm-bounded

import torch
import torch.nn as nn

EPS = 1e-7


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def softmax(self, z):
        z = z - z.max(dim=1, keepdim=True)[0]
        e = torch.exp(z)
        return e / torch.sum(e, dim=1, keepdim=True)

    def log_prob(self, z):
        p = self.softmax(z)
        return torch.log(p + EPS)

    def forward(self, logits, targets):
        lp = self.log_prob(logits)
        res = -lp.gather(1, targets.unsqueeze(1))[:, 0]
        if self.reduction == 'none':
            return res
        return torch.sum(res) / (res.numel() if self.reduction == 'mean' else 1)
