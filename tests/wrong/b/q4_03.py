# question: q4
# fault: the log is taken of softmax + 1e-10, which bounds the loss and falsifies it when the probability is tiny
# name: eps-inside-log logarithm-bounded
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction
        self.eps = 1e-10  # avoid log(0)

    def softmax(self, scores):
        shift = scores - scores.max(dim=1, keepdim=True)[0]
        num = torch.exp(shift)
        return num / num.sum(dim=1, keepdim=True)

    def forward(self, logits, targets):
        probs = self.softmax(logits)
        p_true = probs.gather(1, targets.unsqueeze(1)).squeeze(1)
        losses = -torch.log(p_true + self.eps)

        if self.reduction == 'none':
            return losses
        if self.reduction == 'sum':
            return losses.sum()
        return losses.mean()
