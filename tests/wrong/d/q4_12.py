# question: q4
# fault: the one-hot vectors always have ten classes, other numbers of classes raise an exception
# name: ten-classes-assumed
# fault: the logarithm is taken to base two instead of base e
# name: base-two-logarithm

import math
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    NUM_CLASSES = 10

    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def one_hot(self, targets, like):
        eye = torch.eye(self.NUM_CLASSES, dtype=like.dtype, device=like.device)
        codes = eye[targets]                                   # (N, d1, ..., C)
        return codes.permute(0, codes.dim() - 1, *range(1, codes.dim() - 1))

    def forward(self, logits, targets):
        m = logits.max(dim=1, keepdim=True)[0]
        s = torch.exp(logits - m).sum(dim=1, keepdim=True)
        log_prob = (logits - m - torch.log(s)) / math.log(2)
        ce = -torch.where(self.one_hot(targets, logits) == 1, log_prob, 0.0).sum(dim=1)
        if self.reduction == 'sum':
            return ce.sum()
        if self.reduction == 'none':
            return ce
        return ce.mean()
