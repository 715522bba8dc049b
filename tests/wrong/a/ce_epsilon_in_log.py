# question: q4
# fault: the log is taken of the softmax plus 1e-9, so the loss of a confident wrong prediction is capped near 20.7
# name: eps-inside-log logarithm-bounded
import torch
import torch.nn as nn


def softmax(z, axis):
    z = z - z.max(dim=axis, keepdim=True)[0]
    e = torch.exp(z)
    return e / e.sum(dim=axis, keepdim=True)


class CustomCrossEntropyLoss(nn.Module):
    EPS = 1e-9   # never log(0)

    def __init__(self, reduction='mean'):
        super().__init__()
        assert reduction in ('mean', 'sum', 'none')
        self.reduction = reduction

    def forward(self, logits, targets):
        p = softmax(logits, 1)
        p_true = p.gather(1, targets.unsqueeze(1)).squeeze(1)
        nll = -(p_true + self.EPS).log()
        return {'mean': nll.mean, 'sum': nll.sum, 'none': nll.clone}[self.reduction]()
