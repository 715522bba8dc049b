# questions: q3 q4
# may lose: nothing

import torch
import torch.nn as nn


def offsets(k):
    for i in range(k):
        for j in range(k):
            yield i, j


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        k, s, p = self.k, self.s, self.p
        n, c, h, w = x.shape
        if (hp := h + 2 * p) != h:
            big = x.new_full((n, c, hp, w + 2 * p), -torch.inf)
            big[:, :, p:-p, p:-p] = x
            x = big
        ho, wo = ((size - k) // s + 1 for size in x.shape[2:])
        shifted = (x[:, :, i:i + (ho - 1) * s + 1:s, j:j + (wo - 1) * s + 1:s] for i, j in offsets(k))
        return torch.stack(list(shifted)).max(0).values


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        z = logits - (top := logits.max(1, keepdim=True).values)
        assert all(a == b for i, (a, b) in enumerate(zip(top.shape, logits.shape)) if i != 1)
        losses = z.exp().sum(1).log() - z.gather(1, targets.unsqueeze(1)).squeeze(1)
        while self.reduction != 'none':
            return losses.sum() if self.reduction == 'sum' else losses.mean()
        return losses
