# questions: q3 q4
# may lose: nothing

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        k, s, p = self.k, self.s, self.p
        n, c, h, w = x.shape
        ho, wo = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1
        i = torch.arange(ho)[:, None] * s + torch.arange(k)[None] - p
        j = torch.arange(wo)[:, None] * s + torch.arange(k)[None] - p
        ok_i = (i >= 0) & (i < h)
        ok_j = torch.logical_and(j >= 0, j < w)
        i = torch.where(ok_i, i, torch.zeros_like(i))
        j = j.masked_fill(~ok_j, 0)
        picked = x[:, :, i[:, :, None, None], j[None, None]]  # n c ho k wo k
        ok = ok_i[:, :, None, None] & ok_j[None, None]
        picked = picked.masked_fill(~ok, float('-inf'))
        return picked.permute(0, 1, 2, 4, 3, 5).flatten(4).max(4)[0]


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        classes = torch.arange(logits.shape[1]).view(-1, *[1] * (targets.dim() - 1))
        right = classes.unsqueeze(0) == targets.unsqueeze(1)
        z = logits - logits.amax(1, keepdim=True)
        at = torch.where(right, z, torch.zeros(())).sum(1)
        loss = z.exp().sum(1).log() - at
        return loss if self.reduction == 'none' else loss.mean() if self.reduction == 'mean' else loss.sum()
